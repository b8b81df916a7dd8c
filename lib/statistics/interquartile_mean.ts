/**
 * The mean of the middle half: steadier than the mean, and closer to all of the sample than the median
 * (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice").
 */
import { mean } from "simple-statistics";

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
