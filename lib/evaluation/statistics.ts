/**
 * How certain a score is, and whether two methods differ: bootstrap intervals, paired differences,
 * tests.
 */
import jstat from "jstat";
import { mean, median, sampleStandardDeviation } from "simple-statistics";
import type { Random } from "../data/mod.ts";

// How certain a score is, from the spread over what it was measured on (Efron's bootstrap).

/** A score of a sample. */
export type Statistic<T> = (sample: readonly T[]) => number;

export type Interval = { low: number; high: number };

/** A score with the interval that holds it at some level of confidence. */
export type Estimate = Interval & { value: number };

export type BootstrapOptions = {
  /** The number of resamples. */
  resamples?: number;
  /** Share of the resamples inside the interval. */
  level?: number;
  /**
   * The group of each item, as the style that a concept is drawn in. Each group is resampled by
   * itself, so that each resample has as many of it (Davison & Hinkley 1997, "Bootstrap Methods and
   * Their Application", section 3.2). By default all items are of one group.
   */
  strata?: readonly string[];
};

/**
 * A statistic of `sample` and its expanded percentile interval. The sample's items are what varies
 * between repetitions of the experiment: concepts, not images. The interval does not account for what
 * all items share, such as the run that drew them.
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
  const expanded = expandedLevel(level, sample.length, groups.length);
  return { value: statistic(sample), ...percentileInterval(values, expanded) };
}

/**
 * The share of resamples that covers a mean with probability `level`. Resamples of n items spread less
 * than samples do, by √((n − 1) / n), and normal quantiles are too small for an estimated spread
 * (Hesterberg 2015, "What Teachers Should Know About the Bootstrap"). With 16 items a
 * plain percentile interval covers 91 % instead of 95 %.
 */
function expandedLevel(level: number, items: number, groups: number): number {
  const degreesOfFreedom = items - groups;
  if (degreesOfFreedom < 1) return level;
  const reach = jstat.studentt.inv((1 + level) / 2, degreesOfFreedom) *
    Math.sqrt(items / degreesOfFreedom);
  return 2 * jstat.normal.cdf(reach, 0, 1) - 1;
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

// The mean of the middle half: steadier than the mean, and closer to all of the sample than the median
// (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice").

/**
 * As `scipy.stats.trim_mean(sample, 0.25)`: a quarter of the values, rounded down, is left out at each
 * end.
 *
 * @throws Error if there is no value
 */
export function interquartileMean(sample: readonly number[]): number {
  const sorted = Float64Array.from(sample).sort();
  const cut = Math.floor(sorted.length / 4);
  return mean(Array.from(sorted.subarray(cut, sorted.length - cut)));
}

// Whether one method is better than another on the same prompts and noise, or only by chance.

export type PairedDifference = Estimate & {
  /** How likely a mean difference this large is, either way, if the methods were alike. */
  pValue: number;
  /** Cohen's d_z. */
  effectSize: number;
};

/**
 * The mean of `b - a`, its bootstrap interval, a permutation test, and its size relative to its
 * spread.
 *
 * @param a scores of one method, one a concept
 * @param b the other's, in the same order
 * @throws RangeError if there are not two pairs at least
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  random: Random,
  options: BootstrapOptions = {},
): PairedDifference {
  if (a.length < 2 || a.length !== b.length) {
    throw new RangeError(`${a.length} and ${b.length} scores make no pairs, or not two`);
  }
  const differences = a.map((score, i) => b[i] - score);
  return {
    ...bootstrap(differences, mean, random.fork("bootstrap"), options),
    pValue: signFlipTest(differences, random.fork("signs")),
    effectSize: pairedEffectSize(differences),
  };
}

// How large a difference is relative to its own spread: Cohen's d of paired scores, d_z (Cohen
// 1988, "Statistical Power Analysis for the Behavioral Sciences", section 2.3.5; Lakens 2013,
// equation 6).

/**
 * Mean by sample standard deviation. 0 if there is no difference at all, infinite if all differences
 * are the same.
 *
 * @throws Error if there are fewer than two differences
 */
export function pairedEffectSize(differences: readonly number[]): number {
  const shift = mean([...differences]);
  return shift === 0 ? 0 : shift / sampleStandardDeviation([...differences]);
}

// The paired permutation test: if two methods were alike, each difference between them could as well
// have the other sign (Fisher 1935, "The Design of Experiments", section 21).

/**
 * How likely a sum this far from zero is, either way, if all signs were drawn. Exact where there are
 * no more patterns of signs than `draws`, as of 13 differences; otherwise the observed signs count as
 * one of the draws, so that the value is never zero (Phipson & Smyth 2010, "Permutation P-values
 * Should Never Be Zero").
 *
 * @throws RangeError if there is no difference
 */
export function signFlipTest(
  differences: readonly number[],
  random: Random,
  draws = 10_000,
): number {
  if (differences.length === 0) throw new RangeError("there is no difference to test");
  // Sums of the same numbers in another order may differ in their last digits.
  const observed = Math.abs(sumWith(differences, () => false)) * (1 - 1e-12);
  const isAsLarge = (isFlipped: (i: number) => boolean) =>
    Math.abs(sumWith(differences, isFlipped)) >= observed;

  const patterns = 2 ** differences.length;
  if (patterns <= draws) {
    return countOf(patterns, (pattern) => isAsLarge((i) => (pattern >> i & 1) === 1)) / patterns;
  }
  return (1 + countOf(draws, () => isAsLarge(() => random.next() < 0.5))) / (1 + draws);
}

function sumWith(values: readonly number[], isFlipped: (i: number) => boolean): number {
  return values.reduce((sum, value, i) => isFlipped(i) ? sum - value : sum + value, 0);
}

function countOf(times: number, holds: (i: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (holds(i)) count++;
  return count;
}

// Many tests at once (Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure").

/**
 * P-values adjusted so that the chance of one false finding among all of them keeps the level that each
 * is held to; in the order given. As R's `p.adjust(pValues, "holm")`.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, i] of ascending.entries()) {
    largest = Math.max(largest, (pValues.length - rank) * pValues[i]);
    adjusted[i] = Math.min(largest, 1);
  }
  return adjusted;
}

/** A point of a course. */
export type Point = { x: number; y: number };

/**
 * The slope of the line through points, with its 95 % interval over resampled points: the median of
 * all pairs' slopes (Sen 1968, "Estimates of the regression coefficient based on Kendall's tau"),
 * which one jump does not tilt. Neighbours should not depend on one another: of a long course, take
 * stretches.
 */
export function trend(points: readonly Point[], random: Random): Estimate {
  return bootstrap(points, slope, random);
}

function slope(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(0, i)) {
      if (a.x !== b.x) slopes.push((a.y - b.y) / (a.x - b.x));
    }
  }
  return median(slopes);
}
