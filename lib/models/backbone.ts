/** What methods and samplers need from a text-to-image model, whatever its networks. */
import type { Image, Random } from "../data/mod.ts";
import type { Tensor } from "../internal/tensor/mod.ts";
import type { Params } from "./layers.ts";
import type { SchedulerConfig } from "./noise_schedule.ts";

/** The network that is trained and sampled, as a function of its weights. */
export type Denoiser = {
  /**
   * Parameters by their names in the checkpoint, such as
   * "mid_block.attentions.0.…attn2.to_k.weight".
   */
  params: Params;
  /**
   * What it predicts, of noise or velocity as `scheduler.prediction_type` says. The same function for
   * each model of one architecture, so that what is compiled from it is traced once.
   *
   * @param latents [n, h, w, c]
   * @param timesteps [n], int32 or whole float32 numbers
   * @param contexts [n, length, d], as `encodePrompts` answers
   * @returns [n, h, w, c]
   */
  predict(params: Params, latents: Tensor, timesteps: Tensor, contexts: Tensor): Tensor;
};

/** The way back from latents to images, as a function of its weights. */
export type Decoder = {
  params: Params;
  /** Scaled latents [n, h, w, c] → images [n, height, width, 3], about in [−1, 1]. */
  decode(params: Params, latents: Tensor): Tensor;
};

/**
 * A latent text-to-image diffusion model. Its methods read the object that they are called on:
 * `{ ...model, unet }` is a model with another U-Net.
 */
export type Backbone = {
  /** The noise process that the model was trained to undo, and how it is sampled by itself. */
  scheduler: SchedulerConfig;
  denoiser(): Denoiser;
  decoder(): Decoder;
  /** Width and height of the images that it draws, in pixels. */
  imageSize(): number;
  /** The shape of `n` images' latents: [n, h, w, c]. */
  latentsShape(n: number): number[];
  /** The encodings of prompts: [prompts, length, d]. */
  encodePrompts(prompts: readonly string[]): Tensor;
  /**
   * Scaled latents of images of the model's size: draws from the autoencoder's posterior.
   *
   * @returns [n, h, w, c]
   */
  encodeImages(images: readonly Image[], random: Random): Tensor;
};
