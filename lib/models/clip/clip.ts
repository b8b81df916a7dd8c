/** CLIP: texts and pictures in one space (Radford et al. 2021). */
import { linear, type Params } from "../../nn/mod.ts";
import { inShards, type Tensor, tf } from "../../tensorflow/mod.ts";
import { linearSpecs, type ParameterSpecs } from "../parameters.ts";
import type { ClipConfig } from "./config.ts";
import { clipText, clipTextSpecs } from "./text.ts";
import { clipVision, clipVisionSpecs } from "./vision.ts";

/**
 * Embeddings of texts.
 *
 * @param ids int32 [n, length]
 * @returns [n, projection_dim], not normalized
 */
export function clipTextEmbeddings(params: Params, config: ClipConfig, ids: Tensor): Tensor {
  return inShards((ids) => {
    const { pooled } = clipText(params, config.text_config, ids);
    return linear(params, "text_projection", pooled);
  }, ids);
}

/**
 * Embeddings of preprocessed pictures.
 *
 * @param pixels [n, size, size, 3]
 * @returns [n, projection_dim], not normalized
 */
export function clipImageEmbeddings(params: Params, config: ClipConfig, pixels: Tensor): Tensor {
  return inShards((pixels) => {
    const { pooled } = clipVision(params, config.vision_config, pixels);
    return linear(params, "visual_projection", pooled);
  }, pixels);
}

/** Rows divided by their length. */
export function normalizeRows(x: Tensor): Tensor {
  return tf.div(x, tf.sqrt(tf.sum(tf.square(x), -1, true)));
}

export function clipSpecs(config: ClipConfig): ParameterSpecs {
  const { projection_dim: width, text_config, vision_config } = config;
  const projection = (name: string, inputs: number) =>
    linearSpecs(name, inputs, width, { bias: false, init: inputs ** -0.5 });
  return {
    logit_scale: { shape: [], init: "zeros" },
    ...clipTextSpecs(text_config),
    ...clipVisionSpecs(vision_config),
    ...projection("text_projection", text_config.hidden_size),
    ...projection("visual_projection", vision_config.hidden_size),
  };
}
