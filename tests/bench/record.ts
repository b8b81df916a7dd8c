/** What a case of the bench measured, and its file. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { max, median, quantile } from "simple-statistics";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/internal/runtime/mod.ts";
import { residentMemory, tf } from "specialist/internal/tensor/mod.ts";
import { workSchema } from "./cases.ts";

/** What one process measured of one piece of work. */
export const measurementSchema = z.strictObject({
  /** Until the weights are in memory; imports are not counted. */
  loadSeconds: z.number().min(0),
  /** The first time, with all tracing and compiling. */
  firstSeconds: z.number().min(0),
  /** Each time after a warm-up. */
  seconds: z.array(z.number().min(0)).min(1),
  /** What the process held after each of these, where that is asked for. */
  residentBytes: z.array(z.number().positive()).optional(),
  /** What all its threads spent on each, and how many tensors there were after it, likewise. */
  processorSeconds: z.array(z.number().min(0)).optional(),
  tensors: z.array(z.int().min(0)).optional(),
  /** The most that the process has held. */
  peakMemoryBytes: z.number().positive(),
  /** The most that it had held when the weights were loaded. */
  loadedMemoryBytes: z.number().positive(),
  threads: z.int().positive(),
  /** Of what computes: "torch": "2.13.0". */
  versions: z.record(z.string(), z.string()),
  /** What was chosen: "channels_last". */
  choice: z.string().optional(),
});

export type Measurement = z.infer<typeof measurementSchema>;

/** Who did the work. */
export const sides = ["specialist", "pytorch", "torch.compile"] as const;
export type Side = typeof sides[number];

/** All measurements of a case: one file in the bench's folder. */
const benchRecordSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  work: workSchema,
  /** Of the model, where it is trained. */
  parameters: z.int().positive().optional(),
  /** In the order in which they were made; each round has one of each side. */
  measurements: z.partialRecord(z.enum(sides), z.array(measurementSchema)),
  /** Why a side is missing. */
  failures: z.partialRecord(z.enum(sides), z.string()),
  system: z.record(z.string(), z.unknown()),
  commit: z.string().optional(),
  date: z.string(),
});

export type BenchRecord = z.infer<typeof benchRecordSchema>;

/** @throws UserError if there is such a file, and it holds something else */
export async function readBenchRecord(
  folder: string,
  name: string,
): Promise<BenchRecord | undefined> {
  const file = fileOf(folder, name);
  return existsSync(file) ? await readJson(file, benchRecordSchema) : undefined;
}

export async function writeBenchRecord(folder: string, record: BenchRecord): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(fileOf(folder, record.name), JSON.stringify(record, null, 2));
}

const fileOf = (folder: string, name: string) => join(folder, `${name}.json`);

/** What each lap of a long piece of work took, and what it left behind. */
export type Course = {
  seconds: number[];
  /** Of all threads together. */
  processorSeconds: number[];
  /** What the process held after the lap. */
  residentBytes: number[];
  /** How many tensors there were after it. */
  tensors: number[];
};

export type CourseRecorder = {
  course: Course;
  /** Called whenever the work is done once more. */
  lap(): void;
};

/** Starts now. */
export function recordCourse(): CourseRecorder {
  const course: Course = { seconds: [], processorSeconds: [], residentBytes: [], tensors: [] };
  let last = performance.now(), used = process.cpuUsage();
  return {
    course,
    lap() {
      const now = performance.now();
      const { user, system } = process.cpuUsage(used);
      course.seconds.push((now - last) / 1000);
      course.processorSeconds.push((user + system) / 1e6);
      course.residentBytes.push(residentMemory());
      course.tensors.push(tf.memory().numTensors);
      [last, used] = [now, process.cpuUsage()];
    },
  };
}

/** The course from lap `first` on. */
export function courseFrom(first: number, { ...course }: Course): Course {
  for (const name of Object.keys(course) as (keyof Course)[]) {
    course[name] = course[name].slice(first);
  }
  return course;
}

// What a record's measurements say.

/** A middle value, with how far the others lie around it. */
export type Spread = { median: number; low: number; high: number };

/** Of all times together: the median, and the quartiles. Undefined where the side was not measured. */
export function timeOf({ measurements }: BenchRecord, side: Side): Spread | undefined {
  const seconds = measurements[side]?.flatMap(({ seconds }) => seconds);
  if (!seconds) return undefined;
  const [low, high] = quantile(seconds, [0.25, 0.75]);
  return { median: median(seconds), low, high };
}

/**
 * Our time by another side's: of the rounds, each with its two medians, the median, the least and the
 * most. Fast and slow moments of the machine fall on both sides of a round.
 */
export function ratioTo(record: BenchRecord, side: Side): Spread | undefined {
  const { specialist: ours, [side]: theirs } = record.measurements;
  if (!ours || !theirs) return undefined;
  const ratios = theirs.map((other, round) => median(ours[round].seconds) / median(other.seconds));
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
}

/** A quantity of each process, in the middle; of memory it is the most. */
export function figureOf(
  { measurements }: BenchRecord,
  side: Side,
  field: "loadSeconds" | "firstSeconds" | "peakMemoryBytes",
): number | undefined {
  const values = measurements[side]?.map((measurement: Measurement) => measurement[field]);
  return values && (field === "peakMemoryBytes" ? max(values) : median(values));
}
