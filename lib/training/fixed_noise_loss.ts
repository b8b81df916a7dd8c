/**
 * A loss that can be compared: between steps, and between methods.
 *
 * The training loss is mostly the noise of its timesteps. This one is the error at a fixed set of
 * image, caption, noise and timestep. On shots and on held-out images of their style, it shows
 * where learning turns into memorizing: where the two part.
 */
import { mean } from "simple-statistics";
import { createRandom, fitImage, type Image } from "../data/mod.ts";
import { compile, memoized, type Tensor, tf } from "../internal/tensor/mod.ts";
import {
  type Backbone,
  type Denoiser,
  normalTensor,
  type Params,
  type SchedulerConfig,
} from "../models/mod.ts";
import { denoisingErrors, diffusionOf, type Noised } from "./losses.ts";

const batchSize = 16;

export type FixedNoiseLossOptions = {
  images: readonly Image[];
  /** What each image is called, style words included. */
  captions: readonly string[];
  seed: number | string;
  /** How many timesteps, evenly spread; rounded up to whole batches of 16. */
  count?: number;
};

/** The error at one of the timesteps, of the image whose turn it is. */
export type TimestepLoss = { timestep: number; value: number };

/**
 * The mean squared error of the prediction over `count` timesteps, whose images take turns.
 *
 * ```ts
 * const lossOnShots = fixedNoiseLoss(model, { images, captions, seed: 0 });
 * lossOnShots(model); // 0.0891
 * lossOnShots(method.adapted(weights.read())); // 0.0412
 * ```
 *
 * @param model whose autoencoder encodes the images, once
 * @returns the loss of a model with that autoencoder and U-Net configuration
 */
export function fixedNoiseLoss(
  model: Backbone,
  options: FixedNoiseLossOptions,
): (current: Backbone) => number {
  const losses = timestepLosses(model, options);
  return (current) => mean(losses(current).map(({ value }) => value));
}

/** What `fixedNoiseLoss` is the mean of: a loss for each timestep, in no order. */
export function timestepLosses(
  model: Backbone,
  { images, captions, seed, count = 64 }: FixedNoiseLossOptions,
): (current: Backbone) => TimestepLoss[] {
  const size = model.imageSize();
  const latents = images.map((image) => {
    const latent = model.encodeImages([fitImage(image, size)], createRandom(seed));
    const values = latent.dataSync().slice();
    latent.dispose();
    return values;
  });
  const shape = model.latentsShape(batchSize);
  const batches = Math.ceil(count / batchSize);
  const total = batches * batchSize;

  return (current) => {
    const random = createRandom(seed).fork("noise");
    const steps = current.scheduler.num_train_timesteps;
    return Array.from({ length: batches }).flatMap((_, batch) => {
      // Batch b has every b-th timestep, so that each image is seen at many.
      const indices = Array.from({ length: batchSize }, (_, i) => i * batches + batch);
      const timesteps = indices.map((index) => Math.floor((index + 0.5) * steps / total));
      const shown = indices.map((_, i) => (batch * batchSize + i) % images.length);
      const noised = {
        latents: tf.tensor(concatenate(shown.map((i) => latents[i] as Float32Array)), shape),
        noise: normalTensor(random, shape),
        timesteps: tf.tensor1d(timesteps, "int32"),
      };
      const contexts = current.encodePrompts(shown.map((i) => captions[i]));
      const { params, predict } = current.denoiser();
      const errors = errorsOf(predict)(params, noised, contexts, current.scheduler);
      const values = errors.dataSync();
      tf.dispose([noised, contexts, errors]);
      return timesteps.map((timestep, i) => ({ timestep, value: values[i] }));
    });
  };
}

/** Traced once for each configuration. [n] */
const errorsOf = memoized((predict: Denoiser["predict"]) =>
  compile((params: Params, noised: Noised, contexts: Tensor, scheduler: SchedulerConfig) =>
    denoisingErrors(
      (noisy) => predict(params, noisy, noised.timesteps, contexts),
      noised,
      diffusionOf(scheduler),
    )
  )
);

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}
