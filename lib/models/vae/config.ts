import { z } from "zod";
import { componentConfig, only } from "../component_config.ts";
import { groupsDivide, layers, levels, size, undividedGroups } from "../sizes.ts";

/** `AutoencoderKL`'s config.json, of Stable Diffusion 1 and 2. */
export const vaeConfigSchema = componentConfig({
  in_channels: size.default(3).describe("colour channels read"),
  out_channels: size.default(3).describe("colour channels drawn"),
  latent_channels: size.default(4).describe("channels of the latents"),
  block_out_channels: levels.describe("channels of each level"),
  layers_per_block: layers.default(1).describe("residual blocks of each level"),
  norm_num_groups: size.default(32).describe("groups of each normalization"),
  sample_size: size.default(512).describe("side of the pictures, in pixels"),
  scaling_factor: z.number().positive().default(0.18215).describe(
    "latents × this are what the U-Net sees",
  ),
  act_fn: z.literal("silu").default("silu").describe("activation"),

  _class_name: only("AutoencoderKL"),
  down_block_types: z.array(z.literal("DownEncoderBlock2D")).optional().describe(
    "each level's block",
  ),
  up_block_types: z.array(z.literal("UpDecoderBlock2D")).optional().describe(
    "the same on the way up",
  ),
  force_upcast: z.boolean().optional().describe("float32 inside of half precision, as always"),
  mid_block_add_attention: only(true),
  use_quant_conv: only(true),
  use_post_quant_conv: only(true),
}).refine(groupsDivide, undividedGroups);

export type VaeConfig = z.infer<typeof vaeConfigSchema>;
