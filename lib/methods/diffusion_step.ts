/** The forward process of a model, the timesteps to train, and the error of a prediction. */
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { unet } from "../models/unet/mod.ts";
import type { Params } from "../nn/mod.ts";
import { createNoiseSchedule, createScheduler, type Sampler } from "../schedulers/mod.ts";
import { type TimestepsConfig, trainedTimesteps } from "../specialist/mod.ts";
import type { Tensor } from "../tensorflow/mod.ts";
import { denoisingErrors, type Diffusion, type Noised } from "../training/mod.ts";

/** A batch of latents, noise and timesteps, and what the U-Net is told about each. */
export type DenoisingBatch = Noised & {
  /** The text encoder's states [n, length, d]. */
  contexts: Tensor;
};

/** The forward process of a model. */
export function diffusionOf({ scheduler }: StableDiffusion): Diffusion {
  return {
    schedule: createNoiseSchedule(scheduler),
    predictionType: scheduler.prediction_type,
  };
}

/** All timesteps of the forward process: what every method but the paper's trains. */
export function allTimesteps({ scheduler }: StableDiffusion): Int32Array {
  return Int32Array.from({ length: scheduler.num_train_timesteps }, (_, t) => t);
}

/** The timesteps that training draws from, given how the model will be sampled. */
export function timestepsFor(
  { scheduler }: Pick<StableDiffusion, "scheduler">,
  timesteps: TimestepsConfig,
  { sampler, steps }: { sampler?: Sampler; steps: number },
): Int32Array {
  const sampling = createScheduler(scheduler, timesteps.samplerSteps ?? steps, { sampler });
  const trained = trainedTimesteps(timesteps, scheduler.num_train_timesteps, sampling.timesteps);
  sampling.dispose();
  return trained;
}

/**
 * The error of each sample's prediction. May be called inside a compiled step.
 *
 * @param params the U-Net's
 * @returns [n]
 */
export function unetErrors(
  { unet: { config } }: StableDiffusion,
  params: Params,
  { contexts, ...noised }: DenoisingBatch,
  diffusion: Diffusion,
): Tensor {
  return denoisingErrors(
    (noisy) => unet(params, config, noisy, noised.timesteps, contexts),
    noised,
    diffusion,
  );
}
