/** Pictures as the U-Net sees them: draws from the frozen autoencoder's posterior. */
import { centerCrop, type Image, resizeShortestEdge } from "../images/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { encode, samplePosterior, type VaeConfig } from "../models/vae/mod.ts";
import type { Params } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { compile, memoized, type Tensor, tf } from "../tensorflow/mod.ts";

/** The side, in pixels, of the pictures that a model draws. */
export function pictureSize({ unet, vae }: Pick<StableDiffusion, "unet" | "vae">): number {
  return unet.config.sample_size * 2 ** (vae.config.block_out_channels.length - 1);
}

/** The shape of `n` pictures' latents: [n, h, w, c]. */
export function latentsShape({ unet }: Pick<StableDiffusion, "unet">, n: number): number[] {
  const { sample_size: size, in_channels: channels } = unet.config;
  return [n, size, size, channels];
}

/** A picture at the model's size: its shortest edge resized, and the middle cut out. */
export function fitPicture(image: Image, size: number): Image {
  return centerCrop(resizeShortestEdge(image, size), size);
}

/**
 * Scaled latents of pictures of the model's size.
 *
 * @param random where the draws from the posterior come from
 * @returns [n, h, w, c]
 */
export function encodeImages(
  model: Pick<StableDiffusion, "unet" | "vae">,
  images: readonly Image[],
  random: Random,
): Tensor {
  const { config, params } = model.vae;
  const pixels = imagesTensor(images);
  const noise = normalTensor(random, latentsShape(model, images.length));
  const latents = encoderOf(config)(params, pixels, noise);
  tf.dispose([pixels, noise]);
  return latents;
}

/** Standard normal numbers. */
export function normalTensor(random: Random, shape: number[]): Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
  return tf.tensor(values, shape);
}

/** [n, h, w, 3] in [−1, 1] */
function imagesTensor(images: readonly Image[]): Tensor {
  const { height, width } = images[0];
  const length = height * width * 3;
  const values = new Float32Array(images.length * length);
  images.forEach(({ data }, i) => {
    for (let j = 0; j < length; j++) values[i * length + j] = data[j] / 127.5 - 1;
  });
  return tf.tensor(values, [images.length, height, width, 3]);
}

/** Traced once for each configuration. */
const encoderOf = memoized((config: VaeConfig) =>
  compile((params: Params, pixels: Tensor, noise: Tensor) =>
    tf.mul(samplePosterior(encode(params, config, pixels), noise), config.scaling_factor)
  )
);
