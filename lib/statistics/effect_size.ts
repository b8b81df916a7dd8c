/**
 * How large a difference is beside its own spread: Cohen's d of paired scores, d_z (Cohen 1988,
 * "Statistical Power Analysis for the Behavioral Sciences", section 2.3.5; Lakens 2013, equation 6).
 */
import { mean, sampleStandardDeviation } from "simple-statistics";

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
