/** The autoencoder whose latents are diffused (Rombach et al. 2022, section 3.1): `AutoencoderKL`. */
import { z } from "zod";
import { inShards, memoized, type Tensor, tf } from "../internal/tensor/mod.ts";
import { multiHeadAttention } from "./attention.ts";
import { downsampleConv, normSiluConv, resnetBlock, upsampleConv } from "./blocks.ts";
import {
  componentConfig,
  groupsDivide,
  layers,
  levels,
  only,
  size,
  undividedGroups,
} from "./files/config.ts";
import {
  block,
  conv,
  type Layer,
  type ParameterSpecs,
  type Params,
  sequence,
  specsOf,
} from "./layers.ts";
import { groupNorm } from "./norm.ts";

/** A diagonal normal distribution over latents; both [n, h / f, w / f, latent channels]. */
export type Posterior = { mean: Tensor; logvar: Tensor };

/**
 * The latents that an image may come from, before scaling.
 *
 * @param images [n, h, w, 3] in [−1, 1]
 */
export function encode(params: Params, config: VaeConfig, images: Tensor): Posterior {
  const { encoder } = autoencoderOf(config);
  const moments = inShards((images) => encoder(params, images), images);
  const [mean, logvar] = tf.split(moments, 2, 3);
  return { mean, logvar: tf.clipByValue(logvar, -30, 20) };
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
  const { decoder } = autoencoderOf(config);
  return inShards((latents) => decoder(params, latents), latents);
}

/** Every parameter of the autoencoder. */
export function vaeSpecs(config: VaeConfig): ParameterSpecs {
  return autoencoderOf(config).specs;
}

const autoencoderOf = memoized((config: VaeConfig) => {
  const encoder = encoderOf(config), decoder = decoderOf(config);
  return { encoder, decoder, specs: specsOf([encoder, decoder]) };
});

/** Images [n, h, w, 3] → moments of the posterior, [n, h / f, w / f, 2 · latent channels]. */
function encoderOf(config: VaeConfig): Layer {
  const { block_out_channels: widths, latent_channels: latent, norm_num_groups: groups } = config;
  const options = { groups, eps }, top = widths.at(-1)!;
  const halve = (level: string, width: number) =>
    downsampleConv(`${level}.downsamplers.0.conv`, width, [0, 1]);
  return sequence([
    conv("encoder.conv_in", config.in_channels, widths[0], 3),
    ...levelsOf("encoder.down_blocks", widths, config.layers_per_block, options, halve),
    middle("encoder.mid_block", top, options),
    normSiluConv(["encoder.conv_norm_out", "encoder.conv_out"], top, 2 * latent, options),
    conv("quant_conv", 2 * latent, 2 * latent, 1),
  ]);
}

/** Latents [n, h / f, w / f, latent channels] → images [n, h, w, 3]. */
function decoderOf(config: VaeConfig): Layer {
  const { latent_channels: latent, norm_num_groups: groups, out_channels: colours } = config;
  const options = { groups, eps };
  const widths = config.block_out_channels.toReversed(), bottom = widths.at(-1)!;
  const double = (level: string, width: number) =>
    upsampleConv(`${level}.upsamplers.0.conv`, width);
  return sequence([
    conv("post_quant_conv", latent, latent, 1),
    conv("decoder.conv_in", latent, widths[0], 3),
    middle("decoder.mid_block", widths[0], options),
    ...levelsOf("decoder.up_blocks", widths, config.layers_per_block + 1, options, double),
    normSiluConv(["decoder.conv_norm_out", "decoder.conv_out"], bottom, colours, options),
  ]);
}

const eps = 1e-6;

type Options = { groups: number; eps: number };

/** `blocks` residual blocks at each level, and what `resample` makes between two levels. */
function levelsOf(
  name: string,
  widths: readonly number[],
  blocks: number,
  options: Options,
  resample: (level: string, width: number) => Layer,
): Layer[] {
  return widths.flatMap((width, level) => {
    const inputs = (i: number) => i === 0 && level > 0 ? widths[level - 1] : width;
    const resnets: Layer[] = Array.from(
      { length: blocks },
      (_, i) => resnetBlock(`${name}.${level}.resnets.${i}`, inputs(i), width, options),
    );
    return level < widths.length - 1 ? [...resnets, resample(`${name}.${level}`, width)] : resnets;
  });
}

/** Residual block, single-head attention among all pixels, residual block: [n, h, w, width] stays. */
function middle(name: string, width: number, options: Options): Layer {
  const attend = `${name}.attentions.0`;
  const norm = groupNorm(`${attend}.group_norm`, width, options);
  const attention = multiHeadAttention(attend, width, { heads: 1, init: "zeros" });
  const amongPixels = block([norm, attention], (params, x: Tensor) => {
    const [n, h, w, c] = x.shape;
    const pixels = tf.reshape(norm(params, x), [n, h * w, c]);
    return tf.add(x, tf.reshape(attention(params, pixels), x.shape));
  });
  return sequence([
    resnetBlock(`${name}.resnets.0`, width, width, options),
    amongPixels,
    resnetBlock(`${name}.resnets.1`, width, width, options),
  ]);
}

/** `AutoencoderKL`'s config.json, of Stable Diffusion 1 and 2. */
export const vaeConfigSchema = componentConfig({
  in_channels: size.default(3).describe("colour channels read"),
  out_channels: size.default(3).describe("colour channels drawn"),
  latent_channels: size.default(4).describe("channels of the latents"),
  block_out_channels: levels.describe("channels of each level"),
  layers_per_block: layers.default(1).describe("residual blocks of each level"),
  norm_num_groups: size.default(32).describe("groups of each normalization"),
  sample_size: size.default(512).describe("side of the images, in pixels"),
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
