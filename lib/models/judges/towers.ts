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
  type Layer,
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
    "what is embedded: the last level's features with their places, or the mean and deviation of every " +
      "level's features and the palette, wherever they are",
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
  return inShards((pixels) => imageTowerOf(config).embed(params, pixels), pixels);
}

/**
 * What each level says of each place of an image: the maps of all levels, one after the other.
 *
 * @param pixels [n, size, size, 3] in [0, 1]
 * @returns [n, Σ c·h·w], of which each level has [c, h, w] as in {@link imageTowerMaps}
 */
export function imageTowerFeatures(
  params: Params,
  config: ImageTowerConfig,
  pixels: Tensor,
): Tensor {
  return inShards((pixels) => {
    const features = imageTowerOf(config).features(params, tf.sub(1, pixels));
    const rows = features.map((x) => tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], -1]));
    return tf.concat(rows, 1);
  }, pixels);
}

/** Channels and places of each level's map. */
export function imageTowerMaps(
  { block_out_channels, image_size }: ImageTowerConfig,
): { channels: number; places: number }[] {
  return block_out_channels.map((channels, level) => {
    const side = Math.ceil(image_size / 2 ** (level + 2));
    return { channels, places: side ** 2 };
  });
}

/** Every parameter of the image tower. */
export function imageTowerSpecs(config: ImageTowerConfig): ParameterSpecs {
  return imageTowerOf(config).specs;
}

/** Pixels [n, size, size, 3] → embeddings [n, projection_dim], or each level's features. */
const imageTowerOf = memoized((config: ImageTowerConfig) => {
  const { stem_channels, block_out_channels: widths, layers_per_block } = config;
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
  const pool = config.pooling === "layout" ? layoutOf(config) : statisticsOf(config);
  /** Ink is 1 and white is 0, so that what lies outside an image is white. */
  const features = (params: Params, ink: Tensor): Tensor[] => {
    const maps: Tensor[] = [];
    let x = silu(stem(params, ink));
    for (const level of levels) maps.push(x = level(params, x));
    return maps;
  };
  return {
    features,
    embed(params: Params, pixels: Tensor): Tensor {
      const ink = tf.sub(1, pixels);
      return unitRows(pool(params, ink, features(params, ink)));
    },
    specs: specsOf([stem, levels, pool]),
  };
});

/** Ink and each level's features to embeddings. */
type Pool = Layer<[ink: Tensor, features: Tensor[]]>;

function layoutOf(config: ImageTowerConfig): Pool {
  const { channels, places } = imageTowerMaps(config).at(-1)!;
  const norm = groupNorm("image.norm_out", channels, { groups: config.norm_num_groups, eps });
  const project = linear("image.projection", places * channels, config.projection_dim, {
    bias: false,
  });
  return block(
    [norm, project],
    (params, _, features) =>
      project(params, tf.reshape(silu(norm(params, features.at(-1)!)), [-1, places * channels])),
  );
}

/** Steps of each colour channel in a palette. */
const shades = 16;

/**
 * Statistics without places: of features, as Gatys et al. 2016 describe style, and of colours, since a
 * designer's palette is small and always the same.
 */
function statisticsOf({ block_out_channels: widths, projection_dim }: ImageTowerConfig): Pool {
  const moments = 2 * widths.reduce((sum, channels) => sum + channels);
  const norm = layerNorm("image.norm_out", moments, eps);
  const project = linear("image.projection", shades ** 3 + moments, projection_dim, {
    bias: false,
  });
  return block([norm, project], (params, ink, features) => {
    const statistics = norm(params, tf.concat(features.flatMap(momentsOf), 1));
    return project(params, tf.concat([palette(ink), statistics], 1));
  });
}

/**
 * Square roots of the shares of all colours, at every second pixel of every second row; a colour between
 * two shades counts for both.
 *
 * @returns [n, shades³]
 */
function palette(ink: Tensor): Tensor {
  const [n, h, w, c] = ink.shape;
  const rows = tf.slice(tf.reshape(ink, [n, h / 2, 2, w * c]), [0, 0, 0, 0], [n, h / 2, 1, w * c]);
  const pairs = tf.reshape(rows, [n, h * w / 4, 2 * c]);
  const [red, green, blue] = [0, 1, 2].map((channel) => {
    const level = tf.mul(tf.slice(pairs, [0, 0, channel], [n, h * w / 4, 1]), shades - 1);
    return tf.relu(tf.sub(1, tf.abs(tf.sub(level, tf.range(0, shades))))); // [n, pixels, shades]
  });
  const both = tf.mul(tf.expandDims(red, 3), tf.expandDims(green, 2));
  const counts = tf.matMul(tf.reshape(both, [n, h * w / 4, shades ** 2]), blue, true); // [n, s², s]
  const shares = tf.div(tf.reshape(counts, [n, shades ** 3]), h * w / 4);
  return tf.mul(tf.sqrt(tf.add(shares, 1e-6)), 10);
}

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
