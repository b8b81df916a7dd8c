/** What all methods share: batches of noised shots, and the error of what is predicted in them. */
import { z } from "zod";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import type { Params } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { type Batch, minSnrWeights, type Noised } from "../training/mod.ts";
import { diffusionOf, noiseImages, unetErrors } from "./diffusion_step.ts";
import type { Learner } from "./learner.ts";
import type { Shown } from "./show_shots.ts";

export const denoisingFields = {
  minSnrGamma: z.number().positive().optional().describe(
    "γ of min-SNR weighting (Hang et al. 2023); each timestep weighs the same without",
  ),
  noiseOffset: z.number().positive().optional().describe(
    "Deviation of what is added to all pixels of a channel's noise (Guttenberg 2023), for pictures " +
      "that are dark or bright as a whole; nothing without",
  ),
};

export type DenoisingConfig = z.infer<z.ZodObject<typeof denoisingFields>>;

export type Denoising = {
  /** Pictures of the model's size as latents, with noise and timesteps of their own, and captions. */
  batch(shown: readonly Pick<Shown, "image" | "caption">[], random: Random): Batch;
  /** Each sample's weighted error [n]. May be called inside a compiled step. */
  errors(params: Params, batch: Batch): Tensor;
};

/** @param trained timesteps to draw from */
export function createDenoising(
  { minSnrGamma, noiseOffset }: DenoisingConfig,
  { model, learner, trained }: { model: StableDiffusion; learner: Learner; trained: Int32Array },
): Denoising {
  const diffusion = diffusionOf(model);
  return {
    batch: (shown, random) => ({
      ...noiseImages(model, shown.map(({ image }) => image), { trained, noiseOffset }, random),
      texts: learner.encode(shown.map(({ caption }) => caption)),
    }),
    errors(params, { texts, ...noised }) {
      const contexts = learner.contexts(params, texts);
      const batch = { ...noised as Noised, contexts };
      const errors = unetErrors(model, learner.unetParams(params), batch, diffusion);
      if (minSnrGamma === undefined) return errors;
      return tf.mul(errors, minSnrWeights(noised.timesteps, minSnrGamma, diffusion));
    },
  };
}
