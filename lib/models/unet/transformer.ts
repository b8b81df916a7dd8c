/** Where the U-Net looks at the text: `Transformer2DModel` (Rombach et al. 2022, section 3.3). */
import { type Tensor, tf } from "../../internal/tensor/mod.ts";
import { gelu } from "../activations.ts";
import { multiHeadAttention } from "../attention.ts";
import { block, conv, type Layer, linear } from "../layers.ts";
import { groupNorm, layerNorm } from "../norm.ts";
import type { UnetConfig } from "./config.ts";

/**
 * Self-attention among pixels, cross-attention to the context, feed-forward; each residual.
 *
 * @returns x [n, h, w, width], context [n, length, cross_attention_dim] → [n, h, w, width]
 */
export function transformer(
  name: string,
  width: number,
  heads: number,
  { norm_num_groups: groups, cross_attention_dim, use_linear_projection }: UnetConfig,
): Layer<[x: Tensor, context: Tensor]> {
  /** A linear map of each pixel, a 1×1 convolution in Stable Diffusion 1, one of rows in 2. */
  const project = (name: string, options?: { init: "zeros" }) =>
    use_linear_projection
      ? linear(name, width, width, options)
      : conv(name, width, width, 1, options);

  const inner = `${name}.transformer_blocks.0`;
  const norm = groupNorm(`${name}.norm`, width, { groups, eps: 1e-6 });
  const projectIn = project(`${name}.proj_in`);
  const norm1 = layerNorm(`${inner}.norm1`, width);
  const selfAttention = multiHeadAttention(`${inner}.attn1`, width, { heads, bias: false });
  const norm2 = layerNorm(`${inner}.norm2`, width);
  const crossAttention = multiHeadAttention(`${inner}.attn2`, width, {
    heads,
    source: cross_attention_dim,
    bias: false,
  });
  const norm3 = layerNorm(`${inner}.norm3`, width);
  const mlp = feedForward(`${inner}.ff.net`, width);
  const projectOut = project(`${name}.proj_out`, { init: "zeros" });

  return block(
    [norm, projectIn, norm1, selfAttention, norm2, crossAttention, norm3, mlp, projectOut],
    (params, x, context) => {
      const [n, h, w] = x.shape;
      let y = tf.reshape(projectIn(params, norm(params, x)), [n, h * w, width]);
      y = tf.add(y, selfAttention(params, norm1(params, y)));
      y = tf.add(y, crossAttention(params, norm2(params, y), context));
      y = tf.add(y, mlp(params, norm3(params, y)));
      return tf.add(x, projectOut(params, tf.reshape(y, x.shape)));
    },
  );
}

/** GEGLU (Shazeer 2020): linear(a · GELU(b)), with a and b halves of a linear layer's output. */
function feedForward(name: string, width: number): Layer {
  const inner = 4 * width;
  const expand = linear(`${name}.0.proj`, width, 2 * inner);
  const contract = linear(`${name}.2`, inner, width);
  return block([expand, contract], (params, x) => {
    const [value, gate] = tf.split(expand(params, x), 2, 2); // both [n, hw, inner]
    return contract(params, tf.mul(value, gelu(gate)));
  });
}
