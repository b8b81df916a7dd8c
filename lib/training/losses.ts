/** The errors that a denoiser is trained to minimize, for each sample of a batch. */
import { addNoise, snr, velocity } from "../diffusion/mod.ts";
import { type Tensor, type Tensor1D, tf } from "../internal/tensor/mod.ts";
import {
  createNoiseSchedule,
  type NoiseSchedule,
  type PredictionType,
  type SchedulerConfig,
} from "../models/mod.ts";

/** Clean images or latents, and what noise is added to them. */
export type Noised = {
  /** x₀ [n, …] */
  latents: Tensor;
  /** ε, of the same shape. */
  noise: Tensor;
  /** int32 [n] */
  timesteps: Tensor;
};

/** The noise process, and what the network predicts. */
export type Diffusion = { schedule: NoiseSchedule; predictionType: PredictionType };

/** The diffusion process that a model's configuration describes. */
export function diffusionOf(config: SchedulerConfig): Diffusion {
  return { schedule: createNoiseSchedule(config), predictionType: config.prediction_type };
}

/**
 * The mean squared error of each sample's prediction: of the noise (Ho et al. 2020, equation 14) or
 * of the velocity (Salimans and Ho 2022, section 4).
 *
 * @param predict the network, at noisy latents [n, …]
 * @returns [n]
 */
export function denoisingErrors(
  predict: (noisy: Tensor) => Tensor,
  noised: Noised,
  diffusion: Diffusion,
): Tensor {
  const noisy = addNoise(
    noised.latents,
    noised.noise,
    noised.timesteps as Tensor1D,
    diffusion.schedule,
  );
  return predictionErrors(predict(noisy), noised, diffusion);
}

/** {@link denoisingErrors} of a prediction that is known already. [n] */
export function predictionErrors(
  prediction: Tensor,
  { latents, noise, timesteps }: Noised,
  { schedule, predictionType }: Diffusion,
): Tensor {
  const target = predictionType === "epsilon"
    ? noise
    : velocity(latents, noise, timesteps as Tensor1D, schedule);
  const axes = latents.shape.map((_, axis) => axis).slice(1);
  return tf.mean(tf.squaredDifference(prediction, target), axes);
}

/**
 * min(SNR, γ) of x₀'s error as a weight of the prediction's: over SNR for the noise, over SNR + 1
 * for the velocity (Hang et al. 2023, section 3.4).
 *
 * @returns [n]
 */
export function minSnrWeights(
  timesteps: Tensor,
  gamma: number,
  { schedule, predictionType }: Diffusion,
): Tensor {
  const ratio = snr(schedule, timesteps as Tensor1D);
  const divisor = predictionType === "epsilon" ? ratio : tf.add(ratio, 1);
  return tf.div(tf.minimum(ratio, gamma), divisor);
}
