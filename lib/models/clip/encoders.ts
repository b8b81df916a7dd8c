/**
 * CLIP's two towers: the text encoder and the vision transformer (Radford et al. 2021, section
 * 2.4).
 */
import { gather, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { gelu, quickGelu } from "../activations.ts";
import { multiHeadAttention } from "../attention.ts";
import {
  block,
  conv,
  embedding,
  type Layer,
  linear,
  parameter,
  type ParameterSpecs,
  type Params,
} from "../layers.ts";
import { layerNorm } from "../norm.ts";
import type { ClipTextConfig, ClipVisionConfig } from "./config.ts";

// The transformer that both of CLIP's towers are made of (Radford et al. 2021, section 2.4).

type EncoderConfig = ClipTextConfig | ClipVisionConfig;

/**
 * The blocks of a tower.
 *
 * @returns x [n, length, d], mask added to the attention scores → the states after each block, each
 *   [n, length, d], `x` first
 */
function encoder(name: string, config: EncoderConfig): Layer<[x: Tensor, mask?: Tensor], Tensor[]> {
  const blocks = Array.from(
    { length: config.num_hidden_layers },
    (_, i) => encoderBlock(`${name}.encoder.layers.${i}`, config),
  );
  return block([blocks], (params, x, mask) => {
    const states = [x];
    for (const block of blocks) states.push(x = block(params, x, mask));
    return states;
  });
}

/** Pre-norm: x + attention(LN(x)), then x + MLP(LN(x)). */
function encoderBlock(
  name: string,
  { hidden_size: d, intermediate_size: inner, num_attention_heads: heads, ...config }:
    EncoderConfig,
): Layer<[x: Tensor, mask?: Tensor]> {
  const activation = config.hidden_act === "gelu" ? gelu : quickGelu;
  const norm1 = layerNorm(`${name}.layer_norm1`, d, config.layer_norm_eps);
  const attend = multiHeadAttention(`${name}.self_attn`, d, {
    heads,
    names: ["q_proj", "k_proj", "v_proj", "out_proj"],
  });
  const norm2 = layerNorm(`${name}.layer_norm2`, d, config.layer_norm_eps);
  const expand = linear(`${name}.mlp.fc1`, d, inner);
  const contract = linear(`${name}.mlp.fc2`, inner, d);
  return block([norm1, attend, norm2, expand, contract], (params, x, mask) => {
    const h = tf.add(x, attend(params, norm1(params, x), undefined, mask));
    return tf.add(h, contract(params, activation(expand(params, norm2(params, h)))));
  });
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
  return textTowerOf(config)(params, ids);
}

/** Every parameter of the text tower. */
export function clipTextSpecs(config: ClipTextConfig): ParameterSpecs {
  return textTowerOf(config).specs;
}

/** Ids [n, length] → states. */
export const textTowerOf = memoized((config: ClipTextConfig) => {
  const { hidden_size: d, vocab_size, max_position_embeddings: maxLength } = config;
  const embeddings = "text_model.embeddings";
  const tokens = embedding(`${embeddings}.token_embedding`, vocab_size, d, 0.02);
  const positions = parameter(`${embeddings}.position_embedding.weight`, [maxLength, d], 0.01);
  const encode = encoder("text_model", config);
  const norm = layerNorm("text_model.final_layer_norm", d, config.layer_norm_eps);
  return block([tokens, positions, encode, norm], (params, ids: Tensor): ClipTextOutput => {
    const [n, length] = ids.shape;
    const x = tf.add(tokens(params, ids), tf.slice(positions(params), [0, 0], [length, d]));
    const hiddenStates = encode(params, x, causalMask(length));
    const lastHiddenState = norm(params, hiddenStates.at(-1)!); // [n, length, d]
    const rows = tf.add(tf.range(0, n * length, length, "int32"), endPositions(config, ids));
    const pooled = gather(tf.reshape(lastHiddenState, [n * length, d]), rows); // [n, d]
    return { lastHiddenState, pooled, hiddenStates };
  });
});

/** 0 where a token may look, −∞ (nearly) at those after it: [length, length]. */
function causalMask(length: number): Tensor {
  const later = tf.linalg.bandPart(tf.ones([length, length]), 0, -1);
  return tf.mul(tf.sub(later, tf.eye(length)), -1e9);
}

/** int32 [n]: the first position of the end token, which in SD v1 has the largest id. */
function endPositions({ eos_token_id: end }: ClipTextConfig, ids: Tensor): Tensor {
  return tf.argMax(end === 2 ? ids : tf.cast(tf.equal(ids, end), "int32"), 1);
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
 * Encodes preprocessed images.
 *
 * @param pixels [n, size, size, 3], normalized with CLIP's mean and deviation
 */
export function clipVision(
  params: Params,
  config: ClipVisionConfig,
  pixels: Tensor,
): ClipVisionOutput {
  return visionTowerOf(config)(params, pixels);
}

/** Every parameter of the vision tower. */
export function clipVisionSpecs(config: ClipVisionConfig): ParameterSpecs {
  return visionTowerOf(config).specs;
}

/** Pixels [n, size, size, 3] → states. */
export const visionTowerOf = memoized((config: ClipVisionConfig) => {
  const { hidden_size: d, patch_size: size, layer_norm_eps: eps } = config;
  const patches = (config.image_size / size) ** 2;
  const embeddings = "vision_model.embeddings";
  const classToken = parameter(`${embeddings}.class_embedding`, [d], 0.02);
  const embedPatches = conv(`${embeddings}.patch_embedding`, config.num_channels, d, size, {
    bias: false,
    stride: size,
    padding: "valid",
  });
  const positions = parameter(`${embeddings}.position_embedding.weight`, [1 + patches, d], 0.02);
  const preNorm = layerNorm("vision_model.pre_layrnorm", d, eps); // the checkpoints' spelling
  const encode = encoder("vision_model", config);
  const postNorm = layerNorm("vision_model.post_layernorm", d, eps);
  return block(
    [classToken, embedPatches, positions, preNorm, encode, postNorm],
    (params, pixels: Tensor): ClipVisionOutput => {
      const n = pixels.shape[0];
      const first = tf.tile(tf.reshape(classToken(params), [1, 1, d]), [n, 1, 1]);
      const others = tf.reshape(embedPatches(params, pixels), [n, -1, d]);
      const x = tf.add(tf.concat([first, others], 1), positions(params)); // [n, 1 + patches, d]
      const hiddenStates = encode(params, preNorm(params, x));
      const lastHiddenState = hiddenStates.at(-1)!;
      const ofClass = tf.reshape(tf.slice(lastHiddenState, [0, 0, 0], [n, 1, d]), [n, d]);
      return { lastHiddenState, pooled: postNorm(params, ofClass), hiddenStates };
    },
  );
});
