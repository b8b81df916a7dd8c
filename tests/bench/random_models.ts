/** Models that are made when they are needed, with random weights: U-Nets, and one that is whole. */
import type { z } from "zod";
import { type Architecture, stableDiffusionV1, unetConfigSchema } from "specialist/models";

type RandomModel = Pick<Architecture, "unet"> & Partial<Architecture>;

/** The shipped base model's U-Net, with other numbers of channels. */
const wide = (...channels: number[]): RandomModel => ({
  unet: unetConfigSchema.parse(
    {
      sample_size: 16,
      block_out_channels: channels,
      down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
      up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
      layers_per_block: 1,
      attention_head_dim: 4,
      cross_attention_dim: 128,
      norm_num_groups: 16,
    } satisfies z.input<typeof unetConfigSchema>,
  ),
});

export const randomModels = {
  "sd-v1": stableDiffusionV1,
  "unet-48": wide(48, 80),
  "unet-160": wide(160, 288),
  "unet-320": wide(320, 576),
} satisfies Record<string, RandomModel>;

export type RandomModelName = keyof typeof randomModels;
