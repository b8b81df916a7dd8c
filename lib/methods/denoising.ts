/** What all methods share: batches of noised shots, and the error of what is predicted in them. */
import { z } from "zod";
import type { Params } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { drawTimesteps } from "../specialist/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import {
  type Batch,
  minSnrWeights,
  type Noised,
  normalTensor,
  offsetNoise,
} from "../training/mod.ts";
import { cachedShots, type Captioned, freshShots } from "./cached_shots.ts";
import { diffusionOf, unetErrors } from "./diffusion_step.ts";
import type { Learner } from "./learner.ts";
import type { MethodContext } from "./method.ts";
import type { ShowShots } from "./show_shots.ts";

export const denoisingFields = {
  minSnrGamma: z.number().positive().optional().describe(
    "γ of min-SNR weighting (Hang et al. 2023); each timestep weighs the same without",
  ),
  noiseOffset: z.number().positive().optional().describe(
    "Deviation of what is added to all pixels of a channel's noise (Guttenberg 2023), for pictures " +
      "that are dark or bright as a whole; nothing without",
  ),
  cache: z.strictObject({
    variants: z.int().positive().describe(
      "Encode each shot before training, so often cropped, transformed and captioned anew; steps " +
        "draw among these",
    ),
  }).optional().describe("Shots that are encoded once; each step encodes its own without"),
};

export type DenoisingConfig = z.infer<z.ZodObject<typeof denoisingFields>>;

export type DenoisingOptions = {
  learner: Learner;
  show: ShowShots;
  /** Timesteps to draw from. */
  trained: Int32Array;
  /** What is shown beside the shots. */
  others?: readonly Captioned[];
};

export type Denoising = {
  /** The shots of a step, those of the cache where there is one. */
  show: ShowShots;
  /** What is shown as latents, with noise and timesteps of its own, and captions. */
  batch(shown: readonly Captioned[], random: Random): Batch;
  /** Each sample's weighted error [n]. May be called inside a compiled step. */
  errors(params: Params, batch: Batch): Tensor;
};

export function createDenoising(
  { minSnrGamma, noiseOffset, cache }: DenoisingConfig,
  { model, shots }: Pick<MethodContext, "model" | "shots">,
  { learner, show, trained, others = [] }: DenoisingOptions,
): Denoising {
  const diffusion = diffusionOf(model);
  const fresh = freshShots(show, model, learner);
  const source = cache ? cachedShots(fresh, { count: shots.length, ...cache, others }) : fresh;
  return {
    show: source.show,
    batch(shown, random) {
      const timesteps = tf.tensor1d(drawTimesteps(trained, shown.length, random), "int32");
      const { latents, texts } = source.encode(shown, random);
      const noise = noiseOffset === undefined
        ? normalTensor(random, latents.shape)
        : offsetNoise(random, latents.shape, noiseOffset);
      return { latents, noise, timesteps, texts };
    },
    errors(params, { texts, ...noised }) {
      const contexts = learner.contexts(params, texts);
      const batch = { ...noised as Noised, contexts };
      const errors = unetErrors(model, learner.unetParams(params), batch, diffusion);
      if (minSnrGamma === undefined) return errors;
      return tf.mul(errors, minSnrWeights(noised.timesteps, minSnrGamma, diffusion));
    },
  };
}
