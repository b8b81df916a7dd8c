import { tf } from "../tensorflow/mod.ts";
import type { Params } from "./params.ts";

/**
 * Weights on the line between two models: W₀ + α (W₁ − W₀), as in Wortsman et al. 2022, "Robust
 * fine-tuning of zero-shot models", section 3. Beyond α = 1 it goes on past W₁.
 *
 * @param from W₀, for α = 0
 * @param to W₁, for α = 1, under the same names
 */
export function interpolate(from: Params, to: Params, alpha: number): Params {
  return Object.fromEntries(
    Object.entries(to).map(([name, end]) => [
      name,
      tf.tidy(() => tf.add(from[name], tf.mul(alpha, tf.sub(end, from[name])))),
    ]),
  );
}
