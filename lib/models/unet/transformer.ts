/** Where the U-Net looks at the text: `Transformer2DModel` (Rombach et al. 2022, section 3.3). */
import { type Tensor, tf } from "../../internal/tensor/mod.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "../files/parameters.ts";
import { attention, conv, gelu, linear, param, type Params } from "../layers.ts";
import { groupNorm, layerNorm } from "../norm.ts";
import type { UnetConfig } from "./config.ts";

/**
 * Self-attention among pixels, cross-attention to the context, feed-forward; each residual.
 *
 * @param x [n, h, w, c]
 * @param context [n, length, cross_attention_dim]
 */
export function transformer(
  params: Params,
  name: string,
  x: Tensor,
  context: Tensor,
  { groups, heads }: { groups: number; heads: number },
): Tensor {
  const [n, h, w, c] = x.shape;
  const block = `${name}.transformer_blocks.0`;
  const normal = groupNorm(params, `${name}.norm`, x, { groups, eps: 1e-6 });
  let y = tf.reshape(project(params, `${name}.proj_in`, normal), [n, h * w, c]);
  const own = layerNorm(params, `${block}.norm1`, y);
  y = tf.add(y, attend(params, `${block}.attn1`, own, own, heads));
  const query = layerNorm(params, `${block}.norm2`, y);
  y = tf.add(y, attend(params, `${block}.attn2`, query, context, heads));
  y = tf.add(y, feedForward(params, `${block}.ff`, layerNorm(params, `${block}.norm3`, y)));
  return tf.add(x, project(params, `${name}.proj_out`, tf.reshape(y, x.shape)));
}

/** A linear map of each pixel, stored as a 1×1 convolution in Stable Diffusion 1, as one of rows in 2. */
function project(params: Params, name: string, x: Tensor): Tensor {
  const layer = param(params, `${name}.weight`).rank === 4 ? conv : linear;
  return layer(params, name, x);
}

function attend(
  params: Params,
  name: string,
  query: Tensor,
  context: Tensor,
  heads: number,
): Tensor {
  const mixed = attention(
    linear(params, `${name}.to_q`, query),
    linear(params, `${name}.to_k`, context),
    linear(params, `${name}.to_v`, context),
    { heads },
  );
  return linear(params, `${name}.to_out.0`, mixed);
}

/** GEGLU (Shazeer 2020): linear(a · GELU(b)), with a and b halves of a linear layer. */
function feedForward(params: Params, name: string, x: Tensor): Tensor {
  const [value, gate] = tf.split(linear(params, `${name}.net.0.proj`, x), 2, 2);
  return linear(params, `${name}.net.2`, tf.mul(value, gelu(gate)));
}

export function transformerSpecs(
  name: string,
  width: number,
  { cross_attention_dim: context, use_linear_projection }: UnetConfig,
): ParameterSpecs {
  const block = `${name}.transformer_blocks.0`;
  const inner = 4 * width;
  const projectionSpecs = (name: string, options?: { init: "zeros" }) =>
    use_linear_projection
      ? linearSpecs(name, width, width, options)
      : convSpecs(name, width, width, 1, options);
  const attend = (name: string, source: number) => ({
    ...linearSpecs(`${name}.to_q`, width, width, { bias: false }),
    ...linearSpecs(`${name}.to_k`, source, width, { bias: false }),
    ...linearSpecs(`${name}.to_v`, source, width, { bias: false }),
    ...linearSpecs(`${name}.to_out.0`, width, width),
  });
  return {
    ...normSpecs(`${name}.norm`, width),
    ...projectionSpecs(`${name}.proj_in`),
    ...normSpecs(`${block}.norm1`, width),
    ...attend(`${block}.attn1`, width),
    ...normSpecs(`${block}.norm2`, width),
    ...attend(`${block}.attn2`, context),
    ...normSpecs(`${block}.norm3`, width),
    ...linearSpecs(`${block}.ff.net.0.proj`, width, 2 * inner),
    ...linearSpecs(`${block}.ff.net.2`, inner, width),
    ...projectionSpecs(`${name}.proj_out`, { init: "zeros" }),
  };
}
