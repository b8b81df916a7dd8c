import { z } from "zod";
import {
  componentConfig,
  groupsDivide,
  layers,
  levels,
  only,
  size,
  undividedGroups,
} from "../files/config.ts";

const downBlocks = ["CrossAttnDownBlock2D", "DownBlock2D"] as const;
const upBlocks = ["CrossAttnUpBlock2D", "UpBlock2D"] as const;

const fieldsSchema = componentConfig({
  in_channels: size.default(4).describe("channels of the latents"),
  out_channels: size.default(4).describe("channels predicted"),
  sample_size: size.default(64).describe("side of the latents"),
  block_out_channels: levels.describe("channels of each level"),
  down_block_types: z.array(z.enum(downBlocks)).describe("whether each level looks at the text"),
  up_block_types: z.array(z.enum(upBlocks)).describe("the same on the way up"),
  mid_block_type: z.literal("UNetMidBlock2DCrossAttn").default("UNetMidBlock2DCrossAttn")
    .describe("the deepest level's block"),
  layers_per_block: layers.default(2).describe("residual blocks of each level"),
  attention_head_dim: z.union([size, levels]).default(8).describe(
    "attention heads, of all levels or of each (the name is the checkpoints' own)",
  ),
  cross_attention_dim: size.describe("width of the text encoder's states"),
  norm_num_groups: size.default(32).describe("groups of each normalization"),
  norm_eps: z.number().positive().default(1e-5).describe("added to the variance"),
  act_fn: z.literal("silu").default("silu").describe("activation"),
  flip_sin_to_cos: z.literal(true).default(true).describe("time embedding: cosines first"),
  freq_shift: z.literal(0).default(0).describe("time embedding: shift of the frequencies"),
  use_linear_projection: z.boolean().default(false).describe(
    "whether the projections around attention are stored as linear layers, not 1×1 convolutions",
  ),

  _class_name: only("UNet2DConditionModel"),
  addition_embed_type_num_heads: z.int().optional().describe("of an embedding that is off"),
  attention_type: only("default"),
  conv_in_kernel: only(3),
  conv_out_kernel: only(3),
  downsample_padding: only(1),
  dropout: only(0),
  mid_block_scale_factor: only(1),
  resnet_out_scale_factor: only(1),
  resnet_time_scale_shift: only("default"),
  time_embedding_type: only("positional"),
  transformer_layers_per_block: only(1),
  upcast_attention: z.boolean().optional().describe("float32 inside of half precision, as always"),
});

type Fields = z.infer<typeof fieldsSchema>;

/** `UNet2DConditionModel`'s config.json, of Stable Diffusion 1 and 2. */
export const unetConfigSchema = fieldsSchema.refine(
  ({ block_out_channels: { length }, down_block_types, up_block_types, attention_head_dim }) =>
    down_block_types.length === length && up_block_types.length === length &&
    (!Array.isArray(attention_head_dim) || attention_head_dim.length === length),
  "block_out_channels, down_block_types, up_block_types and a list of attention_head_dim must be " +
    "equally long",
).refine(groupsDivide, undividedGroups).refine(
  (config) => {
    const heads = headsOfLevels(config);
    return config.block_out_channels.every((width, level) =>
      width % heads[level] === 0 || !looksAtText(config, level)
    );
  },
  { path: ["attention_head_dim"], error: "must divide the channels where there is attention" },
);

export type UnetConfig = z.infer<typeof unetConfigSchema>;

/** The deepest level does in any case. */
function looksAtText(
  { down_block_types: down, up_block_types: up }: Fields,
  level: number,
): boolean {
  const last = down.length - 1;
  return level === last || down[level] === "CrossAttnDownBlock2D" ||
    up[last - level] === "CrossAttnUpBlock2D";
}

/** The attention heads of each level, the widest images' first. */
export function headsOfLevels({ attention_head_dim, block_out_channels }: Fields): number[] {
  return Array.isArray(attention_head_dim)
    ? attention_head_dim
    : block_out_channels.map(() => attention_head_dim);
}
