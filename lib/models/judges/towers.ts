/**
 * The networks of the judges. The image tower is a residual convolutional network (He et al. 2016, with
 * group normalization), unlike the guide's Vision Transformer; the text tower is CLIP's.
 */
import { z } from "zod";
import { inShards, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { silu } from "../activations.ts";
import { resnetBlock } from "../blocks.ts";
import { clipTextConfigSchema } from "../clip/config.ts";
import { textTowerOf } from "../clip/encoders.ts";
import { groupsDivide, layers, levels, size, undividedGroups } from "../files/config.ts";
import {
  block,
  conv,
  linear,
  type ParameterSpecs,
  type Params,
  sequence,
  specsOf,
} from "../layers.ts";
import { groupNorm, layerNorm } from "../norm.ts";

/** A convolutional image tower. */
export const imageTowerSchema = z.strictObject({
  image_size: size.default(64).describe("side of the images, in pixels"),
  stem_channels: size.default(24).describe("channels of the first convolution, at half the size"),
  block_out_channels: levels.describe("channels of each level, at half the size of the one before"),
  layers_per_block: layers.default(1).describe("residual blocks of each level"),
  norm_num_groups: size.default(8).describe("groups of each normalization"),
  pooling: z.enum(["layout", "statistics"]).describe(
    "what is embedded: the last level's features with their places, or the mean and deviation of all " +
      "features, the stem's too, wherever they are",
  ),
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
  return inShards((pixels) => imageTowerOf(config)(params, pixels), pixels);
}

/** Every parameter of the image tower. */
export function imageTowerSpecs(config: ImageTowerConfig): ParameterSpecs {
  return imageTowerOf(config).specs;
}

/** Pixels [n, size, size, 3] → embeddings [n, projection_dim]. */
const imageTowerOf = memoized((config: ImageTowerConfig) => {
  const { stem_channels, block_out_channels: widths, layers_per_block, image_size } = config;
  const options = { groups: config.norm_num_groups, eps };
  const stem = conv("image.stem", 3, stem_channels, 3, { stride: 2 });
  const levels = widths.map((width, level) => {
    const name = `image.blocks.${level}`;
    const inputs = widths[level - 1] ?? stem_channels;
    return sequence([
      conv(`${name}.downsample`, inputs, width, 3, { stride: 2 }),
      ...Array.from(
        { length: layers_per_block },
        (_, i) => resnetBlock(`${name}.resnets.${i}`, width, width, options),
      ),
    ]);
  });
  const last = widths.at(-1)!, side = image_size / 2 ** (widths.length + 1);
  const hasLayout = config.pooling === "layout";
  const width = hasLayout
    ? side * side * last
    : 2 * [stem_channels, ...widths].reduce((sum, channels) => sum + channels);
  const norm = hasLayout
    ? groupNorm("image.norm_out", last, options)
    : layerNorm("image.norm_out", width, eps);
  const project = linear("image.projection", width, config.projection_dim, { bias: false });
  return block([stem, levels, norm, project], (params, pixels: Tensor) => {
    // Ink is 1 and white is 0, so that what lies outside an image is white.
    const features = [silu(stem(params, tf.sub(1, pixels)))];
    for (const level of levels) features.push(level(params, features.at(-1)!));
    const pooled = hasLayout
      ? tf.reshape(silu(norm(params, features.at(-1)!)), [-1, width])
      : norm(params, tf.concat(features.flatMap(momentsOf), 1));
    return unitRows(project(params, pooled));
  });
});

/** Mean and standard deviation of each channel: both [n, c]. */
function momentsOf(x: Tensor): Tensor[] {
  const mean = tf.mean(x, [1, 2], true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), [1, 2]);
  return [tf.squeeze(mean, [1, 2]), tf.sqrt(tf.add(variance, 1e-6))];
}

/** Rows divided by their length; a blank image's row of zeros stays one. */
export function unitRows(rows: Tensor): Tensor {
  return tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), -1, true), 1e-12)));
}

/**
 * Embeddings of texts, each of length 1, in the space of the content judge's images.
 *
 * @param ids int32 [n, length]
 * @returns [n, projection_dim]
 */
export function textTower(params: Params, config: ContentJudgeConfig, ids: Tensor): Tensor {
  return inShards((ids) => projectedTextOf(config)(params, ids), ids);
}

/** Every parameter of the content judge. */
export function contentJudgeSpecs(config: ContentJudgeConfig): ParameterSpecs {
  return specsOf([imageTowerOf(config.image_config), projectedTextOf(config)]);
}

const projectedTextOf = memoized(({ text_config, image_config }: ContentJudgeConfig) => {
  const tower = textTowerOf(text_config);
  const project = linear("text_projection", text_config.hidden_size, image_config.projection_dim, {
    bias: false,
  });
  return block(
    [tower, project],
    (params, ids: Tensor) => unitRows(project(params, tower(params, ids).pooled)),
  );
});
