/** What a record's measurements say. */
import { max, median, quantile } from "simple-statistics";
import type { BenchRecord } from "./bench_record.ts";
import type { Measurement, Side } from "./measurement.ts";

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
