/**
 * CLIP's two towers: the text encoder and the vision transformer (Radford et al. 2021, section
 * 2.4).
 */
import { gather, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "../files/parameters.ts";
import {
  attention,
  conv,
  embedding,
  gelu,
  linear,
  param,
  type Params,
  quickGelu,
} from "../layers.ts";
import { layerNorm } from "../norm.ts";
import type { ClipTextConfig, ClipVisionConfig } from "./config.ts";

// The transformer that both of CLIP's towers are made of (Radford et al. 2021, section 2.4).

/** What both towers' configurations have. */
type EncoderConfig = {
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  hidden_act: "quick_gelu" | "gelu";
  layer_norm_eps: number;
};

/**
 * Pre-norm blocks: x + attention(LN(x)), then x + MLP(LN(x)).
 *
 * @param x [n, length, d]
 * @param mask added to the attention scores
 * @returns the states after each block, `x` first
 */
function clipEncoder(
  params: Params,
  prefix: string,
  x: Tensor,
  config: EncoderConfig,
  mask?: Tensor,
): Tensor[] {
  const activation = config.hidden_act === "gelu" ? gelu : quickGelu;
  const states = [x];
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const block = `${prefix}.encoder.layers.${i}`;
    let h = layerNorm(params, `${block}.layer_norm1`, x, config.layer_norm_eps);
    h = attention(
      linear(params, `${block}.self_attn.q_proj`, h),
      linear(params, `${block}.self_attn.k_proj`, h),
      linear(params, `${block}.self_attn.v_proj`, h),
      { heads: config.num_attention_heads, mask },
    );
    x = tf.add(x, linear(params, `${block}.self_attn.out_proj`, h));
    h = layerNorm(params, `${block}.layer_norm2`, x, config.layer_norm_eps);
    h = activation(linear(params, `${block}.mlp.fc1`, h));
    x = tf.add(x, linear(params, `${block}.mlp.fc2`, h));
    states.push(x);
  }
  return states;
}

function clipEncoderSpecs(prefix: string, config: EncoderConfig): ParameterSpecs {
  const { hidden_size: d, intermediate_size: inner } = config;
  return Object.assign(
    {},
    ...Array.from({ length: config.num_hidden_layers }, (_, i) => {
      const block = `${prefix}.encoder.layers.${i}`;
      return {
        ...normSpecs(`${block}.layer_norm1`, d),
        ...linearSpecs(`${block}.self_attn.q_proj`, d, d),
        ...linearSpecs(`${block}.self_attn.k_proj`, d, d),
        ...linearSpecs(`${block}.self_attn.v_proj`, d, d),
        ...linearSpecs(`${block}.self_attn.out_proj`, d, d),
        ...normSpecs(`${block}.layer_norm2`, d),
        ...linearSpecs(`${block}.mlp.fc1`, d, inner),
        ...linearSpecs(`${block}.mlp.fc2`, inner, d),
      };
    }),
  );
}

// CLIP's text tower: Stable Diffusion's text encoder.

export type ClipTextOutput = {
  /** [n, length, d], after the final layer normalization. */
  lastHiddenState: Tensor;
  /** [n, d]: the final state at each text's end. */
  pooled: Tensor;
  /** The states before the first and after each block, each [n, length, d]. */
  hiddenStates: Tensor[];
};

/**
 * Encodes texts. Each token sees itself and those before it; padding is not masked.
 *
 * @param ids int32 [n, length]
 */
export function clipText(params: Params, config: ClipTextConfig, ids: Tensor): ClipTextOutput {
  const [n, length] = ids.shape;
  const d = config.hidden_size;
  const tokens = embedding(params, "text_model.embeddings.token_embedding", ids);
  const positions = tf.slice(
    param(params, "text_model.embeddings.position_embedding.weight"),
    [0, 0],
    [length, d],
  );
  const hiddenStates = clipEncoder(
    params,
    "text_model",
    tf.add(tokens, positions),
    config,
    causalMask(length),
  );
  const lastHiddenState = layerNorm(
    params,
    "text_model.final_layer_norm",
    hiddenStates.at(-1)!,
    config.layer_norm_eps,
  );
  const rows = tf.add(tf.range(0, n * length, length, "int32"), endPositions(config, ids));
  const pooled = gather(tf.reshape(lastHiddenState, [n * length, d]), rows); // [n, d]
  return { lastHiddenState, pooled, hiddenStates };
}

/** 0 where a token may look, −∞ (nearly) at those after it: [length, length]. */
function causalMask(length: number): Tensor {
  const later = tf.linalg.bandPart(tf.ones([length, length]), 0, -1);
  return tf.mul(tf.sub(later, tf.eye(length)), -1e9);
}

/** int32 [n]: the first position of the end token, which in SD v1 has the largest id. */
function endPositions({ eos_token_id: end }: ClipTextConfig, ids: Tensor): Tensor {
  return tf.argMax(end === 2 ? ids : tf.cast(tf.equal(ids, end), "int32"), 1);
}

export function clipTextSpecs(config: ClipTextConfig): ParameterSpecs {
  const { hidden_size: d, vocab_size, max_position_embeddings } = config;
  return {
    "text_model.embeddings.token_embedding.weight": { shape: [vocab_size, d], init: 0.02 },
    "text_model.embeddings.position_embedding.weight": {
      shape: [max_position_embeddings, d],
      init: 0.01,
    },
    ...clipEncoderSpecs("text_model", config),
    ...normSpecs("text_model.final_layer_norm", d),
  };
}

// CLIP's vision tower: a Vision Transformer (Dosovitskiy et al. 2020).

export type ClipVisionOutput = {
  /** [n, 1 + patches, d] */
  lastHiddenState: Tensor;
  /** [n, d]: the class token, normalized. */
  pooled: Tensor;
  /** The states before the first and after each block, each [n, 1 + patches, d]. */
  hiddenStates: Tensor[];
};

/**
 * Encodes preprocessed pictures.
 *
 * @param pixels [n, size, size, 3], normalized with CLIP's mean and deviation
 */
export function clipVision(
  params: Params,
  config: ClipVisionConfig,
  pixels: Tensor,
): ClipVisionOutput {
  const n = pixels.shape[0];
  const { hidden_size: d, patch_size: stride, layer_norm_eps: eps } = config;
  const embeddings = "vision_model.embeddings";
  const patches = tf.reshape(
    conv(params, `${embeddings}.patch_embedding`, pixels, { stride, padding: "valid" }),
    [n, -1, d],
  );
  const classToken = tf.tile(
    tf.reshape(param(params, `${embeddings}.class_embedding`), [1, 1, d]),
    [n, 1, 1],
  );
  let x = tf.concat([classToken, patches], 1); // [n, 1 + patches, d]
  x = tf.add(x, param(params, `${embeddings}.position_embedding.weight`));
  // The checkpoints' spelling.
  x = layerNorm(params, "vision_model.pre_layrnorm", x, eps);
  const hiddenStates = clipEncoder(params, "vision_model", x, config);
  const lastHiddenState = hiddenStates.at(-1)!;
  const first = tf.reshape(tf.slice(lastHiddenState, [0, 0, 0], [n, 1, d]), [n, d]);
  const pooled = layerNorm(params, "vision_model.post_layernorm", first, eps);
  return { lastHiddenState, pooled, hiddenStates };
}

export function clipVisionSpecs(config: ClipVisionConfig): ParameterSpecs {
  const { hidden_size: d, image_size, patch_size, num_channels } = config;
  const patches = (image_size / patch_size) ** 2;
  const embeddings = "vision_model.embeddings";
  return {
    [`${embeddings}.class_embedding`]: { shape: [d], init: 0.02 },
    ...convSpecs(`${embeddings}.patch_embedding`, num_channels, d, patch_size, { bias: false }),
    [`${embeddings}.position_embedding.weight`]: { shape: [1 + patches, d], init: 0.02 },
    ...normSpecs("vision_model.pre_layrnorm", d),
    ...clipEncoderSpecs("vision_model", config),
    ...normSpecs("vision_model.post_layernorm", d),
  };
}
