/** Whether one method is better than another on the same prompts and noise, or was lucky. */
import { mean } from "simple-statistics";
import type { Random } from "../random/mod.ts";
import { bootstrap, type BootstrapOptions, type Estimate } from "./bootstrap.ts";
import { pairedEffectSize } from "./effect_size.ts";
import { signFlipTest } from "./sign_flip_test.ts";

export type PairedDifference = Estimate & {
  /** How likely a mean difference this large is, either way, if the methods were alike. */
  pValue: number;
  /** Cohen's d_z. */
  effectSize: number;
};

/**
 * The mean of `b - a`, its bootstrap interval, a permutation test, and its size beside its spread.
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
