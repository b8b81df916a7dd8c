/** Whether a long piece of work takes as long, and holds as much, as it did in the beginning. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mean, median } from "simple-statistics";
import { createRandom } from "specialist/data";
import { type Estimate, trend } from "specialist/evaluation";
import { formatBytes, formatCount } from "specialist/internal/runtime/mod.ts";
import { type Course, type CourseRecorder, recordCourse } from "../bench/record.ts";
import type { Finding, ReportedCourse } from "./report.ts";

/**
 * What a course may grow by from its beginning to its end, as shares of its mean: memory at the most,
 * time by what is likeliest, since a machine that others use as well is faster and slower by several
 * hundredths from one minute to the next.
 */
const limits = { bytes: 0.02, processorSeconds: 0.05 };

/** Neighbouring laps are alike: they are examined in this many stretches. */
const stretches = 25;

/** In the first of them caches fill, and the allocator takes what it needs, in pages of 2 MiB. */
const settling = 5;

/** Between two collections V8 would take memory for garbage, some of which it keeps. */
const collectionsPerStretch = 4;

/** A recorder of a course of `laps` laps; garbage is collected at the end of each stretch, too. */
export function recordStretches(laps: number): CourseRecorder {
  const length = lengthOf(laps), between = Math.ceil(length / collectionsPerStretch);
  const { course, lap } = recordCourse();
  return {
    course,
    lap() {
      if ((course.seconds.length + 1) % length % between === 0) collectGarbage();
      lap();
    },
  };
}

/**
 * The stretches of a course once it has settled.
 *
 * @param perLap how many steps a lap has
 */
export function reportedCourse(
  name: string,
  step: string,
  course: Course,
  perLap = 1,
): ReportedCourse {
  const length = lengthOf(course.seconds.length);
  const points = Array.from({ length: stretches }, (_, i) => {
    const end = (i + 1) * length;
    // Now and then a lap has more to do, as to write a checkpoint.
    const perStep = (values: number[]) => median(values.slice(i * length, end)) / perLap;
    return {
      step: end * perLap,
      seconds: perStep(course.seconds),
      processorSeconds: perStep(course.processorSeconds),
      bytes: course.residentBytes[end - 1],
    };
  });
  return { name, step, points: points.slice(settling) };
}

const lengthOf = (laps: number) => Math.floor(laps / stretches);

export function flatnessFindings(
  { tensors }: Course,
  { name, step, points }: ReportedCourse,
): Finding[] {
  const settled = tensors.slice(settling * lengthOf(tensors.length));
  const [fewest, most] = [Math.min(...settled), Math.max(...settled)];
  const memory = growthOf(points, "bytes"), time = growthOf(points, "processorSeconds");
  const byTheClock = median(points.map(({ seconds }) => seconds));
  return [
    {
      what: `${name}: the number of tensors stays`,
      measured: fewest === most ? `${formatCount(most)} after each` : `${fewest} to ${most}`,
      holds: fewest === most,
    },
    {
      what: `${name}: memory grows by less than ${percent(limits.bytes)}`,
      measured: `${formatBytes(memory.least)} to ${formatBytes(memory.most)}; ` +
        inWords(memory, step, signedBytes),
      holds: memory.maxShare < limits.bytes,
    },
    {
      what: `${name}: time per ${step} grows by less than ${percent(limits.processorSeconds)}`,
      measured: `${milliseconds(time.mean)} of the processor's time, ` +
        `${milliseconds(byTheClock)} by the clock; ${inWords(time, step, signedMicroseconds)}`,
      holds: time.share < limits.processorSeconds,
    },
  ];
}

type Growth = {
  mean: number;
  least: number;
  most: number;
  /** From one step to the next. */
  slope: Estimate;
  /** From the first point to the last, as a share of the mean. */
  share: number;
  /** The same at the upper end of the slope's interval. */
  maxShare: number;
};

function growthOf(points: ReportedCourse["points"], quantity: keyof typeof limits): Growth {
  const values = points.map(({ [quantity]: value }) => value);
  const slope = trend(
    points.map(({ step: x }, i) => ({ x, y: values[i] })),
    createRandom(quantity),
  );
  const span = points.at(-1)!.step - points[0].step;
  const shareOf = (slope: number) => slope * span / mean(values);
  return {
    mean: mean(values),
    least: Math.min(...values),
    most: Math.max(...values),
    slope,
    share: shareOf(slope.value),
    maxShare: shareOf(slope.high),
  };
}

function inWords(
  { slope: { value, low, high }, share, maxShare }: Growth,
  step: string,
  format: (value: number) => string,
): string {
  return `${format(value)} per ${step} (95 % interval ${format(low)} to ${format(high)}), ` +
    `so ${percent(share)} in all (at most ${percent(maxShare)})`;
}

const percent = (share: number) => `${share < 0 ? "−" : ""}${(100 * Math.abs(share)).toFixed(1)} %`;
const milliseconds = (seconds: number) => `${(1000 * seconds).toPrecision(3)} ms`;
const signedBytes = (bytes: number) => signed(bytes, formatBytes);
const signedMicroseconds = (seconds: number) =>
  signed(1e6 * seconds, (it) => `${it.toFixed(2)} µs`);

function signed(value: number, format: (size: number) => string): string {
  return `${value < 0 ? "−" : "+"}${format(Math.abs(value))}`;
}

let collect: (() => void) | undefined;

/** Collects what V8 would leave lying until it needed the room. */
function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
