/** How sure a score is, from the spread over what it was measured on (Efron's bootstrap). */
import type { Random } from "../random/mod.ts";

/** A score of a sample. */
export type Statistic<T> = (sample: readonly T[]) => number;

export type Interval = { low: number; high: number };

/** A score with the interval that holds it at some level of confidence. */
export type Estimate = Interval & { value: number };

export type BootstrapOptions = {
  /** How often the sample is drawn anew. */
  resamples?: number;
  /** Share of the resamples inside the interval. */
  level?: number;
  /**
   * The group of each item, as the style that a concept is drawn in. A group is drawn anew by itself,
   * so that each resample has as many of it (Davison & Hinkley 1997, "Bootstrap Methods and Their
   * Application", section 3.2). By default all items are of one group.
   */
  strata?: readonly string[];
};

/**
 * A statistic of `sample` and its percentile interval. The sample's items are what varies between
 * repetitions of the experiment: concepts, not pictures.
 *
 * ```ts
 * bootstrap(clipScores(images, texts), mean, createRandom("scores")); // { value, low, high }
 * ```
 *
 * @throws RangeError if there is not one stratum for each item
 */
export function bootstrap<T>(
  sample: readonly T[],
  statistic: Statistic<T>,
  random: Random,
  { resamples = 2000, level = 0.95, strata = sample.map(() => "") }: BootstrapOptions = {},
): Estimate {
  if (strata.length !== sample.length) {
    throw new RangeError(`${strata.length} strata of ${sample.length} items`);
  }
  const groups = Map.groupBy(sample.keys(), (i) => strata[i]).values().toArray();
  const indices = Array.from({ length: resamples }, () => drawIndices(groups, random));
  const values = resampled(sample, indices, statistic);
  return { value: statistic(sample), ...percentileInterval(values, level) };
}

/** The statistic of each resample. */
export function resampled<T>(
  sample: readonly T[],
  indices: readonly ArrayLike<number>[],
  statistic: Statistic<T>,
): number[] {
  return indices.map((drawn) => statistic(Array.from(drawn, (i) => sample[i])));
}

/** The middle share `level` of `values`. */
export function percentileInterval(values: readonly number[], level: number): Interval {
  if (values.length === 0) throw new RangeError("there is no value to make an interval of");
  const sorted = [...values].sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: interpolate(sorted, tail), high: interpolate(sorted, 1 - tail) };
}

/** As many places as each group has, with replacement, out of it. */
function drawIndices(groups: readonly (readonly number[])[], random: Random): number[] {
  return groups.flatMap((group) => group.map(() => random.choice(group)));
}

/** The value at a share of the way through a sorted list, between neighbours where need be. */
function interpolate(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const [below, above] = [Math.floor(position), Math.ceil(position)];
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
