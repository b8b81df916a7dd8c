/**
 * What the tensors are called in one file with the whole model, as the original code saves it (Rombach
 * et al. 2022, github.com/CompVis/latent-diffusion). It numbers the U-Net's blocks through, and the
 * decoder's levels from the widest pictures' on.
 */
import type { UnetConfig } from "../unet/mod.ts";
import type { VaeConfig } from "../vae/mod.ts";
import type { Architecture } from "./stable_diffusion.ts";

/** A part of a name, and what takes its place: `$1` or the function's result. */
type Rule = [part: RegExp, inFile: string | ((match: string, ...groups: string[]) => string)];

/** From a parameter's name to its name in the file, for each network. */
export type SingleFileNames = Record<"unet" | "vae" | "textEncoder", (name: string) => string>;

export function singleFileNames({ unet, vae }: Architecture): SingleFileNames {
  return {
    unet: renaming("model.diffusion_model.", unetRules(unet)),
    vae: renaming("first_stage_model.", vaeRules(vae)),
    textEncoder: renaming("cond_stage_model.transformer.", []),
  };
}

function renaming(prefix: string, rules: Rule[]): (name: string) => string {
  return (name) =>
    prefix + rules.reduce((name, [part, inFile]) => name.replace(part, inFile as string), name);
}

function unetRules({ layers_per_block: layers, up_block_types }: UnetConfig): Rule[] {
  /** The blocks before a level: its residual ones, and one more that halves or doubles. */
  const before = (level: string) => Number(level) * (layers + 1);
  const upsampler = (level: string) => up_block_types[Number(level)] === "UpBlock2D" ? 1 : 2;
  return [
    [/(resnets\.\d+)\.norm1/, "$1.in_layers.0"],
    [/(resnets\.\d+)\.conv1/, "$1.in_layers.2"],
    [/(resnets\.\d+)\.time_emb_proj/, "$1.emb_layers.1"],
    [/(resnets\.\d+)\.norm2/, "$1.out_layers.0"],
    [/(resnets\.\d+)\.conv2/, "$1.out_layers.3"],
    [/(resnets\.\d+)\.conv_shortcut/, "$1.skip_connection"],
    [/^time_embedding\.linear_1/, "time_embed.0"],
    [/^time_embedding\.linear_2/, "time_embed.2"],
    [/^conv_in/, "input_blocks.0.0"],
    [
      /^down_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/,
      (_, level, kind, i) =>
        `input_blocks.${1 + before(level) + Number(i)}.${kind === "resnets" ? 0 : 1}`,
    ],
    [
      /^down_blocks\.(\d+)\.downsamplers\.0\.conv/,
      (_, level) => `input_blocks.${before(level) + layers + 1}.0.op`,
    ],
    [/^mid_block\.resnets\.(\d+)/, (_, i) => `middle_block.${2 * Number(i)}`],
    [/^mid_block\.attentions\.0/, "middle_block.1"],
    [
      /^up_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/,
      (_, level, kind, i) =>
        `output_blocks.${before(level) + Number(i)}.${kind === "resnets" ? 0 : 1}`,
    ],
    [
      /^up_blocks\.(\d+)\.upsamplers\.0/,
      (_, level) => `output_blocks.${before(level) + layers}.${upsampler(level)}`,
    ],
    [/^conv_norm_out/, "out.0"],
    [/^conv_out/, "out.2"],
  ];
}

function vaeRules({ block_out_channels: { length: levels } }: VaeConfig): Rule[] {
  const mirrored = (level: string) => levels - 1 - Number(level);
  return [
    [/conv_norm_out/, "norm_out"],
    [/conv_shortcut/, "nin_shortcut"],
    [/group_norm/, "norm"],
    [/to_([qkv])/, "$1"],
    [/to_out\.0/, "proj_out"],
    [/mid_block\.attentions\.0/, "mid.attn_1"],
    [/mid_block\.resnets\.(\d+)/, (_, i) => `mid.block_${Number(i) + 1}`],
    [/down_blocks\.(\d+)\.resnets/, "down.$1.block"],
    [/down_blocks\.(\d+)\.downsamplers\.0/, "down.$1.downsample"],
    [/up_blocks\.(\d+)\.resnets/, (_, level) => `up.${mirrored(level)}.block`],
    [/up_blocks\.(\d+)\.upsamplers\.0/, (_, level) => `up.${mirrored(level)}.upsample`],
  ];
}
