import { stableDiffusionV1 as scheduler } from "../../schedulers/mod.ts";
import { clipTextConfigSchema } from "../clip/mod.ts";
import { unetConfigSchema } from "../unet/mod.ts";
import { vaeConfigSchema } from "../vae/mod.ts";
import type { Architecture } from "./stable_diffusion.ts";

/** Stable Diffusion v1's: those of the files beside v1.4's weights. */
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
