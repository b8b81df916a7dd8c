/** Stable Diffusion 1 and 2: the networks, the tokenizer, and how they fit together. */
import type { Image, Random } from "../../data/mod.ts";
import { UserError } from "../../internal/runtime/mod.ts";
import { compile, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import type { Backbone } from "../backbone.ts";
import { type ClipTextConfig, clipTextConfigSchema } from "../clip/config.ts";
import { clipText } from "../clip/encoders.ts";
import type { Params } from "../layers.ts";
import {
  type SchedulerConfig,
  stableDiffusionV1Scheduler as scheduler,
} from "../noise_schedule.ts";
import { normalTensor } from "../normal_tensor.ts";
import type { Tokenizer } from "../tokenizer/clip_tokenizer.ts";
import { type UnetConfig, unetConfigSchema } from "../unet/config.ts";
import { unet } from "../unet/unet.ts";
import { decode, encode, samplePosterior, type VaeConfig, vaeConfigSchema } from "../vae.ts";

/** A network: how it is built, and its weights. */
export type Model<Config> = { config: Config; params: Params };

/** How a model's networks are built, and what they were trained to undo. */
export type Architecture = {
  textEncoder: ClipTextConfig;
  unet: UnetConfig;
  vae: VaeConfig;
  scheduler: SchedulerConfig;
};

/** What Stable Diffusion is made of. */
export type StableDiffusionParts = {
  tokenizer: Tokenizer;
  textEncoder: Model<ClipTextConfig>;
  unet: Model<UnetConfig>;
  vae: Model<VaeConfig>;
  scheduler: SchedulerConfig;
};

/** A latent text-to-image diffusion model (Rombach et al. 2022), versions 1 and 2. */
export type StableDiffusion = StableDiffusionParts & Backbone;

/** The model that these parts make. */
export function createStableDiffusion(parts: StableDiffusionParts): StableDiffusion {
  return { ...parts, ...backbone };
}

const predictorOf = memoized(
  (config: UnetConfig): ReturnType<Backbone["denoiser"]>["predict"] =>
  (params, latents, timesteps, contexts) => unet(params, config, latents, timesteps, contexts),
);

const decoderOf = memoized(
  (config: VaeConfig): ReturnType<Backbone["decoder"]>["decode"] => (params, latents) =>
    decode(params, config, tf.div(latents, config.scaling_factor)),
);

const backbone: Omit<Backbone, "scheduler"> & ThisType<StableDiffusionParts> = {
  denoiser() {
    return { params: this.unet.params, predict: predictorOf(this.unet.config) };
  },
  decoder() {
    return { params: this.vae.params, decode: decoderOf(this.vae.config) };
  },
  imageSize() {
    return this.unet.config.sample_size * 2 ** (this.vae.config.block_out_channels.length - 1);
  },
  latentsShape(n) {
    const { sample_size: size, in_channels: channels } = this.unet.config;
    return [n, size, size, channels];
  },
  encodePrompts(prompts) {
    return encodePrompts(this, prompts);
  },
  encodeImages(images, random) {
    return encodeImages(this, images, random);
  },
};

/** Stable Diffusion v1's: those of the files next to v1.4's weights. */
export const stableDiffusionV1: Architecture = {
  scheduler,
  unet: unetConfigSchema.parse({
    block_out_channels: [320, 640, 1280, 1280],
    down_block_types: [...Array(3).fill("CrossAttnDownBlock2D"), "DownBlock2D"],
    up_block_types: ["UpBlock2D", ...Array(3).fill("CrossAttnUpBlock2D")],
    cross_attention_dim: 768,
  }),
  vae: vaeConfigSchema.parse({ block_out_channels: [128, 256, 512, 512], layers_per_block: 2 }),
  textEncoder: clipTextConfigSchema.parse({
    vocab_size: 49408,
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
  }),
};

// Prompts as the U-Net receives them.

/**
 * The encodings of prompts: the text encoder's last states.
 *
 * @returns [prompts, length, d]
 */
export function encodePrompts(
  { tokenizer, textEncoder }: Pick<StableDiffusionParts, "tokenizer" | "textEncoder">,
  prompts: readonly string[],
): Tensor {
  const ids = promptIds(tokenizer, prompts);
  const states = textEncoderOf(textEncoder.config)(textEncoder.params, ids);
  ids.dispose();
  return states;
}

/**
 * Prompts as the text encoder reads them.
 *
 * @returns int32 [prompts, length]
 */
export function promptIds(tokenizer: Tokenizer, prompts: readonly string[]): Tensor {
  return tf.tensor(
    prompts.flatMap((prompt) => tokenizer.encode(prompt)),
    [prompts.length, tokenizer.data.maxLength],
    "int32",
  );
}

/** int32 [n, length] → states [n, length, d]; traced once for each configuration. */
const textEncoderOf = memoized((config: ClipTextConfig) =>
  compile((params: Params, ids: Tensor) => clipText(params, config, ids).lastHiddenState)
);

// Images as the U-Net sees them: draws from the frozen autoencoder's posterior.

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

/**
 * The model at another image size, with the same weights.
 *
 * @param size width and height, in pixels
 * @throws UserError where the latents of this size cannot be halved as often as the U-Net does
 */
export function modelAtSize(model: StableDiffusion, size: number): StableDiffusion {
  const { config, params } = model.unet;
  const pixelsPerLatent = model.imageSize() / config.sample_size;
  const multiple = pixelsPerLatent * 2 ** (config.block_out_channels.length - 1);
  if (size % multiple !== 0) {
    throw new UserError({
      what: "the model does not support this image size",
      field: "size",
      value: size,
      remedy: `choose a multiple of ${multiple}`,
    });
  }
  return { ...model, unet: { params, config: { ...config, sample_size: size / pixelsPerLatent } } };
}
