/** Images as the U-Net sees them: draws from the frozen autoencoder's posterior. */
import type { Image } from "../../images/mod.ts";
import type { Params } from "../../nn/mod.ts";
import { normalTensor, type Random } from "../../random/mod.ts";
import { compile, memoized, type Tensor, tf } from "../../tensorflow/mod.ts";
import { encode, samplePosterior, type VaeConfig } from "../vae/mod.ts";
import type { StableDiffusionParts } from "./stable_diffusion.ts";

/**
 * Scaled latents of images of the model's size.
 *
 * @param random where the draws from the posterior come from
 * @returns [n, h, w, c]
 */
export function encodeImages(
  { vae: { config, params }, unet }: Pick<StableDiffusionParts, "unet" | "vae">,
  images: readonly Image[],
  random: Random,
): Tensor {
  const { sample_size: size, in_channels: channels } = unet.config;
  const pixels = imagesTensor(images);
  const noise = normalTensor(random, [images.length, size, size, channels]);
  const latents = encoderOf(config)(params, pixels, noise);
  tf.dispose([pixels, noise]);
  return latents;
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
