import type { Params } from "../../nn/mod.ts";
import type { SchedulerConfig } from "../../schedulers/mod.ts";
import { tf } from "../../tensorflow/mod.ts";
import type { ClipTextConfig } from "../clip/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { UnetConfig } from "../unet/mod.ts";
import type { VaeConfig } from "../vae/mod.ts";

/** A network: how it is built, and its weights. */
export type Model<Config> = { config: Config; params: Params };

/** A latent text-to-image diffusion model (Rombach et al. 2022): all that sampling needs. */
export type StableDiffusion = {
  tokenizer: Tokenizer;
  textEncoder: Model<ClipTextConfig>;
  unet: Model<UnetConfig>;
  vae: Model<VaeConfig>;
  scheduler: SchedulerConfig;
};

/** How a model's networks are built, and what they were trained to undo. */
export type Architecture = {
  textEncoder: ClipTextConfig;
  unet: UnetConfig;
  vae: VaeConfig;
  scheduler: SchedulerConfig;
};

/** Frees the weights. */
export function disposeStableDiffusion({ textEncoder, unet, vae }: StableDiffusion): void {
  for (const { params } of [textEncoder, unet, vae]) tf.dispose(params);
}
