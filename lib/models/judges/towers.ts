/**
 * The networks of the judges. The image tower is a residual convolutional network (He et al. 2016, with
 * group normalization), unlike the guide's Vision Transformer; the text tower is CLIP's.
 */
import { z } from "zod";
import { inShards, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { resnetBlock, resnetBlockSpecs } from "../blocks.ts";
import { clipTextConfigSchema } from "../clip/config.ts";
import { clipText, clipTextSpecs } from "../clip/encoders.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "../files/parameters.ts";
import { groupsDivide, layers, levels, size, undividedGroups } from "../files/config.ts";
import { conv, linear, type Params, silu } from "../layers.ts";
import { groupNorm } from "../norm.ts";

/** A convolutional image tower. */
export const imageTowerSchema = z.strictObject({
  image_size: size.default(64).describe("side of the images, in pixels"),
  stem_channels: size.default(24).describe("channels of the first convolution, at half the size"),
  block_out_channels: levels.describe("channels of each level, at half the size of the one before"),
  layers_per_block: layers.default(1).describe("residual blocks of each level"),
  norm_num_groups: size.default(8).describe("groups of each normalization"),
  projection_dim: size.describe("width of the embeddings"),
}).refine(groupsDivide, undividedGroups);

/** `config.json` of a content judge. */
export const contentJudgeSchema = z.strictObject({
  image_config: imageTowerSchema,
  text_config: clipTextConfigSchema,
});

/** `config.json` of a style judge. */
export const styleJudgeSchema = z.strictObject({ image_config: imageTowerSchema });

export type ImageTowerConfig = z.infer<typeof imageTowerSchema>;
export type ContentJudgeConfig = z.infer<typeof contentJudgeSchema>;
export type StyleJudgeConfig = z.infer<typeof styleJudgeSchema>;

const eps = 1e-5;

/**
 * Embeddings of images, each of length 1.
 *
 * @param pixels [n, size, size, 3] in [0, 1]
 * @returns [n, projection_dim]
 */
export function imageTower(params: Params, config: ImageTowerConfig, pixels: Tensor): Tensor {
  return inShards((pixels) => imageTowerShare(params, config, pixels), pixels);
}

function imageTowerShare(params: Params, config: ImageTowerConfig, pixels: Tensor): Tensor {
  const options = { groups: config.norm_num_groups, eps };
  // Ink is 1 and white is 0, so that what lies outside an image is white.
  let x = silu(conv(params, "image.stem", tf.sub(1, pixels), { stride: 2 }));
  config.block_out_channels.forEach((_, level) => {
    const block = `image.blocks.${level}`;
    x = conv(params, `${block}.downsample`, x, { stride: 2 });
    for (let i = 0; i < config.layers_per_block; i++) {
      x = resnetBlock(params, `${block}.resnets.${i}`, x, options);
    }
  });
  x = silu(groupNorm(params, "image.norm_out", x, options));
  return unitRows(linear(params, "image.projection", tf.mean(x, [1, 2])));
}

export function imageTowerSpecs(
  { stem_channels, block_out_channels: widths, layers_per_block: layers, projection_dim }:
    ImageTowerConfig,
): ParameterSpecs {
  const specs = convSpecs("image.stem", 3, stem_channels, 3);
  widths.forEach((width, level) => {
    const block = `image.blocks.${level}`;
    Object.assign(
      specs,
      convSpecs(`${block}.downsample`, widths[level - 1] ?? stem_channels, width, 3),
    );
    for (let i = 0; i < layers; i++) {
      Object.assign(specs, resnetBlockSpecs(`${block}.resnets.${i}`, width, width));
    }
  });
  return {
    ...specs,
    ...normSpecs("image.norm_out", widths.at(-1)!),
    ...linearSpecs("image.projection", widths.at(-1)!, projection_dim, { bias: false }),
  };
}

/** Rows divided by their length; a blank image's row of zeros stays one. */
function unitRows(rows: Tensor): Tensor {
  return tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), -1, true), 1e-12)));
}

/**
 * Embeddings of texts, each of length 1, in the space of the content judge's images.
 *
 * @param ids int32 [n, length]
 * @returns [n, projection_dim]
 */
export function textTower(
  params: Params,
  { text_config }: ContentJudgeConfig,
  ids: Tensor,
): Tensor {
  return inShards(
    (ids) => unitRows(linear(params, "text_projection", clipText(params, text_config, ids).pooled)),
    ids,
  );
}

export function contentJudgeSpecs(config: ContentJudgeConfig): ParameterSpecs {
  const { image_config, text_config } = config;
  return {
    ...imageTowerSpecs(image_config),
    ...clipTextSpecs(text_config),
    ...linearSpecs("text_projection", text_config.hidden_size, image_config.projection_dim, {
      bias: false,
    }),
  };
}
