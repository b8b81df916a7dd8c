/** The autoencoder whose latents are diffused (Rombach et al. 2022, section 3.1): `AutoencoderKL`. */
import { z } from "zod";
import { inShards, type Tensor, tf } from "../internal/tensor/mod.ts";
import { resnetBlock, resnetBlockSpecs, upsampleConv } from "./blocks.ts";
import {
  componentConfig,
  groupsDivide,
  layers,
  levels,
  only,
  size,
  undividedGroups,
} from "./files/config.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "./files/parameters.ts";
import { attention, conv, linear, type Params, silu } from "./layers.ts";
import { groupNorm } from "./norm.ts";

const eps = 1e-6;

/** A diagonal normal distribution over latents; both [n, h / f, w / f, latent channels]. */
export type Posterior = { mean: Tensor; logvar: Tensor };

/**
 * The latents that a picture may come from, before scaling.
 *
 * @param images [n, h, w, 3] in [−1, 1]
 */
export function encode(params: Params, config: VaeConfig, images: Tensor): Posterior {
  const moments = inShards((images) => momentsOfShare(params, config, images), images);
  const [mean, logvar] = tf.split(moments, 2, 3);
  return { mean, logvar: tf.clipByValue(logvar, -30, 20) };
}

function momentsOfShare(params: Params, config: VaeConfig, images: Tensor): Tensor {
  const levels = config.block_out_channels.length;
  const options = { groups: config.norm_num_groups, eps };
  let x = conv(params, "encoder.conv_in", images);
  for (let level = 0; level < levels; level++) {
    const block = `encoder.down_blocks.${level}`;
    for (let i = 0; i < config.layers_per_block; i++) {
      x = resnetBlock(params, `${block}.resnets.${i}`, x, options);
    }
    if (level < levels - 1) {
      const padded = tf.pad(x, [[0, 0], [0, 1], [0, 1], [0, 0]]);
      const halved = { stride: 2, padding: "valid" } as const;
      x = conv(params, `${block}.downsamplers.0.conv`, padded, halved);
    }
  }
  x = midBlock(params, "encoder.mid_block", x, options);
  x = conv(
    params,
    "encoder.conv_out",
    silu(groupNorm(params, "encoder.conv_norm_out", x, options)),
  );
  return conv(params, "quant_conv", x);
}

/** A draw from a posterior: mean + exp(logvar / 2) · noise. */
export function samplePosterior({ mean, logvar }: Posterior, noise: Tensor): Tensor {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise));
}

/**
 * Draws unscaled latents.
 *
 * @param latents [n, h / f, w / f, latent channels]
 * @returns [n, h, w, 3], about in [−1, 1]
 */
export function decode(params: Params, config: VaeConfig, latents: Tensor): Tensor {
  return inShards((latents) => decodeShare(params, config, latents), latents);
}

function decodeShare(params: Params, config: VaeConfig, latents: Tensor): Tensor {
  const levels = config.block_out_channels.length;
  const options = { groups: config.norm_num_groups, eps };
  let x = conv(params, "decoder.conv_in", conv(params, "post_quant_conv", latents));
  x = midBlock(params, "decoder.mid_block", x, options);
  for (let level = 0; level < levels; level++) {
    const block = `decoder.up_blocks.${level}`;
    for (let i = 0; i < config.layers_per_block + 1; i++) {
      x = resnetBlock(params, `${block}.resnets.${i}`, x, options);
    }
    if (level < levels - 1) {
      x = upsampleConv(params, `${block}.upsamplers.0.conv`, x);
    }
  }
  return conv(
    params,
    "decoder.conv_out",
    silu(groupNorm(params, "decoder.conv_norm_out", x, options)),
  );
}

function midBlock(
  params: Params,
  name: string,
  x: Tensor,
  options: { groups: number; eps: number },
): Tensor {
  x = resnetBlock(params, `${name}.resnets.0`, x, options);
  x = selfAttention(params, `${name}.attentions.0`, x, options);
  return resnetBlock(params, `${name}.resnets.1`, x, options);
}

/** Single-head attention among all pixels. */
function selfAttention(
  params: Params,
  name: string,
  x: Tensor,
  options: { groups: number; eps: number },
): Tensor {
  const [n, h, w, c] = x.shape;
  const pixels = tf.reshape(groupNorm(params, `${name}.group_norm`, x, options), [n, h * w, c]);
  const mixed = attention(
    linear(params, `${name}.to_q`, pixels),
    linear(params, `${name}.to_k`, pixels),
    linear(params, `${name}.to_v`, pixels),
    { heads: 1 },
  );
  return tf.add(x, tf.reshape(linear(params, `${name}.to_out.0`, mixed), x.shape));
}

export function vaeSpecs(config: VaeConfig): ParameterSpecs {
  const { block_out_channels: widths, layers_per_block: layers, latent_channels: latent } = config;
  const top = widths.at(-1)!;
  const specs: ParameterSpecs = {
    ...convSpecs("encoder.conv_in", config.in_channels, widths[0], 3),
  };
  widths.forEach((width, level) => {
    const block = `encoder.down_blocks.${level}`;
    for (let i = 0; i < layers; i++) {
      const inputs = i === 0 ? widths[Math.max(0, level - 1)] : width;
      Object.assign(specs, resnetBlockSpecs(`${block}.resnets.${i}`, inputs, width));
    }
    if (level < widths.length - 1) {
      Object.assign(specs, convSpecs(`${block}.downsamplers.0.conv`, width, width, 3));
    }
  });
  Object.assign(
    specs,
    midBlockSpecs("encoder.mid_block", top),
    normSpecs("encoder.conv_norm_out", top),
    convSpecs("encoder.conv_out", top, 2 * latent, 3),
    convSpecs("quant_conv", 2 * latent, 2 * latent, 1),
    convSpecs("post_quant_conv", latent, latent, 1),
    convSpecs("decoder.conv_in", latent, top, 3),
    midBlockSpecs("decoder.mid_block", top),
  );
  widths.toReversed().forEach((width, level) => {
    const block = `decoder.up_blocks.${level}`;
    for (let i = 0; i < layers + 1; i++) {
      const inputs = i === 0 ? widths.toReversed()[Math.max(0, level - 1)] : width;
      Object.assign(specs, resnetBlockSpecs(`${block}.resnets.${i}`, inputs, width));
    }
    if (level < widths.length - 1) {
      Object.assign(specs, convSpecs(`${block}.upsamplers.0.conv`, width, width, 3));
    }
  });
  return {
    ...specs,
    ...normSpecs("decoder.conv_norm_out", widths[0]),
    ...convSpecs("decoder.conv_out", widths[0], config.out_channels, 3),
  };
}

function midBlockSpecs(name: string, width: number): ParameterSpecs {
  const attention = `${name}.attentions.0`;
  return {
    ...resnetBlockSpecs(`${name}.resnets.0`, width, width),
    ...normSpecs(`${attention}.group_norm`, width),
    ...linearSpecs(`${attention}.to_q`, width, width),
    ...linearSpecs(`${attention}.to_k`, width, width),
    ...linearSpecs(`${attention}.to_v`, width, width),
    ...linearSpecs(`${attention}.to_out.0`, width, width, { init: "zeros" }),
    ...resnetBlockSpecs(`${name}.resnets.1`, width, width),
  };
}

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
