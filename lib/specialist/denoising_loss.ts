/** The denoising error of the shots, which every method of the comparison minimizes. */
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { minSnrWeights, type Noised, predictionErrors } from "../training/mod.ts";
import type { Loss, LossInput } from "./method.ts";
import { shipped } from "./part.ts";

export type DenoisingSettings = {
  /** γ of min-SNR weighting (Hang et al. 2023); each timestep weighs the same without. */
  minSnrGamma?: number;
  weight?: number;
};

/** The mean squared error of the prediction (Ho et al. 2020, equation 14). */
export function denoisingLoss({ minSnrGamma, weight = 1 }: DenoisingSettings = {}): Loss {
  return shipped({
    name: "denoising",
    weight,
    settings: { minSnrGamma },
    value: (input: LossInput) => {
      const errors = predictionErrors(input.prediction, input, input.diffusion); // [n]
      return tf.mean(weighted(errors, input, minSnrGamma));
    },
  });
}

/** Errors [n] by their timesteps' weights. */
export function weighted(
  errors: Tensor,
  { timesteps, diffusion }: Pick<LossInput, "diffusion"> & Pick<Noised, "timesteps">,
  minSnrGamma: number | undefined,
): Tensor {
  if (minSnrGamma === undefined) return errors;
  return tf.mul(errors, minSnrWeights(timesteps, minSnrGamma, diffusion));
}
