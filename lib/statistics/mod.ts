/**
 * How sure scores are, and whether methods differ: intervals, tests, sizes of effects.
 * @module
 */
export {
  bootstrap,
  type BootstrapOptions,
  type Estimate,
  type Interval,
  percentileInterval,
  resampled,
  type Statistic,
} from "./bootstrap.ts";
export { pairedEffectSize } from "./effect_size.ts";
export { holm } from "./holm.ts";
export { interquartileMean } from "./interquartile_mean.ts";
export { type PairedDifference, pairedDifference } from "./paired_difference.ts";
export { type PrincipalComponents, principalComponents } from "./principal_components.ts";
export { signFlipTest } from "./sign_flip_test.ts";
export { type Point, trend } from "./trend.ts";
