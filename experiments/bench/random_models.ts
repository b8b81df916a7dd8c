/** U-Nets that are measured and belong to no model: made when they are needed, with random weights. */
import type { z } from "zod";
import { stableDiffusionV1 } from "specialist/models/stable_diffusion/mod.ts";
import type { unetConfigSchema } from "specialist/models/unet/mod.ts";

type UnetConfig = Partial<z.input<typeof unetConfigSchema>>;

/** The shipped base model's U-Net, with other numbers of channels. */
const wide = (...channels: number[]): UnetConfig => ({
  sample_size: 16,
  block_out_channels: channels,
  down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
  up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
  layers_per_block: 1,
  attention_head_dim: 4,
  cross_attention_dim: 128,
  norm_num_groups: 16,
});

export const randomModels = {
  "sd-v1-unet": stableDiffusionV1.unet,
  "unet-48": wide(48, 80),
  "unet-160": wide(160, 288),
  "unet-320": wide(320, 576),
} satisfies Record<string, UnetConfig>;

export type RandomModelName = keyof typeof randomModels;
