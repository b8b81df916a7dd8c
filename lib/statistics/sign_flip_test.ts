/**
 * The paired permutation test: if two methods were alike, each difference between them could as well
 * have the other sign (Fisher 1935, "The Design of Experiments", section 21).
 */
import type { Random } from "../random/mod.ts";

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
