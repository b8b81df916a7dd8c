import type { Backbone } from "../../diffusion/backbone.ts";
import type { Params } from "../../nn/mod.ts";
import type { SchedulerConfig } from "../../schedulers/mod.ts";
import { memoized, tf } from "../../tensorflow/mod.ts";
import type { ClipTextConfig } from "../clip/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { unet, type UnetConfig } from "../unet/mod.ts";
import { decode, type VaeConfig } from "../vae/mod.ts";
import { encodeImages } from "./encode_images.ts";
import { encodePrompts } from "./encode_prompts.ts";

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
