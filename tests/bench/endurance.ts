/** Whether steps stay as fast, and memory as small, as they were in the beginning. */
import { mean, median } from "simple-statistics";
import { courseFigure, type Figure, smooth } from "specialist/figures";
import { formatBytes } from "specialist/internal/runtime/mod.ts";
import { type BenchRecord, type Measurement, sides } from "./record.ts";

type Long = Measurement & { residentBytes: number[] };

/** What a long measurement says of its course. */
type Endurance = {
  steps: number;
  /** Medians of the first ten times, and of all after the two hundredth. */
  firstTenSeconds: number;
  laterSeconds: number;
  /** Means of the hundred times before the two hundredth, and of the last hundred. */
  earlyBytes: number;
  lateBytes: number;
};

const settled = 200;

/** Undefined where a measurement is too short, or was made without memory. */
function enduranceOf({ seconds, residentBytes }: Measurement): Endurance | undefined {
  if (!residentBytes || seconds.length < 2 * settled) return undefined;
  return {
    steps: seconds.length,
    firstTenSeconds: median(seconds.slice(0, 10)),
    laterSeconds: median(seconds.slice(settled)),
    earlyBytes: mean(residentBytes.slice(settled - 100, settled)),
    lateBytes: mean(residentBytes.slice(-100)),
  };
}

/** A line for each side that was measured for long. */
export function enduranceLines(records: readonly BenchRecord[]): string[] {
  return longOf(records).flatMap(({ name, measurement }) => {
    const it = enduranceOf(measurement);
    if (!it) return [];
    const milliseconds = (seconds: number) => `${(1000 * seconds).toPrecision(3)} ms`;
    return [
      `- ${name}: ${milliseconds(it.firstTenSeconds)} in the first ten, ` +
      `${milliseconds(it.laterSeconds)} after the ${settled}th; ${formatBytes(it.earlyBytes)} ` +
      `before the ${settled}th, ${formatBytes(it.lateBytes)} in the end, after ${it.steps} steps`,
    ];
  });
}

export function enduranceFigures(records: readonly BenchRecord[]) {
  const long = longOf(records);
  if (long.length === 0) return [];
  const { time, memory } = courseFigures(
    long.map(({ name, measurement: { seconds, residentBytes } }) => {
      const smoothed = smooth(seconds, 10);
      const points = residentBytes.map((bytes, i) => ({
        step: i + 1,
        seconds: smoothed[i],
        bytes,
      }));
      return { name, points };
    }),
  );
  return [
    {
      title: "Time of each step",
      description: "Training steps of the base model at batch 4, a moving average.",
      figure: time,
    },
    {
      title: "Memory after each step",
      description: "What the process holds in the same training.",
      figure: memory,
    },
  ];
}

/** A long piece of work to be drawn. */
type PlottedCourse = {
  name: string;
  points: { step: number; seconds: number; bytes: number }[];
};

/** @param step what is done again and again, and counted */
export function courseFigures(
  courses: readonly PlottedCourse[],
  step = "step",
): { time: Figure; memory: Figure } {
  const figure = (title: string, value: (point: PlottedCourse["points"][number]) => number) =>
    courseFigure(
      title,
      courses.map(({ name, points }) => ({
        name,
        points: points.map((point) => ({ step: point.step, value: value(point) })),
      })),
      step,
    );
  return {
    time: figure(`time per ${step} (ms)`, ({ seconds }) => 1000 * seconds),
    memory: figure("memory (MB)", ({ bytes }) => bytes / 1e6),
  };
}

function longOf(records: readonly BenchRecord[]): { name: string; measurement: Long }[] {
  return records.flatMap(({ measurements }) =>
    sides.flatMap((side) =>
      (measurements[side] ?? [])
        .filter((it): it is Long => it.residentBytes !== undefined)
        .map((measurement) => ({ name: side, measurement }))
    )
  );
}
