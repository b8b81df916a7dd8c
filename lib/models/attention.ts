/** Attention, and the linear maps around it. */
import { type Tensor, tf } from "../internal/tensor/mod.ts";
import { block, type Init, type Layer, linear } from "./layers.ts";

/**
 * Multi-head attention, softmax(q kᵀ / √d + mask) v (Vaswani et al. 2017, equation 1).
 *
 * @param q [n, tq, c]
 * @param k [n, tk, c]
 * @param v [n, tk, c]
 * @param mask added to the scores, broadcast to [n, heads, tq, tk]
 * @returns [n, tq, c]
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, mask }: { heads: number; mask?: Tensor },
): Tensor {
  const [n, length, width] = q.shape;
  const depth = width / heads;
  const split = (x: Tensor) =>
    tf.transpose(tf.reshape(x, [n, x.shape[1]!, heads, depth]), [0, 2, 1, 3]); // [n, heads, t, d]
  const scores = tf.matMul(split(tf.mul(q, depth ** -0.5)), split(k), false, true);
  const weights = tf.softmax(mask ? tf.add(scores, mask) : scores); // [n, heads, tq, tk]
  const mixed = tf.matMul(weights, split(v)); // [n, heads, tq, d]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [n, length, width]);
}

/**
 * Attention between linear maps (Vaswani et al. 2017, section 3.2.2): queries are made of `x`, keys
 * and values of `source`, which is `x` itself unless given; `mask` is added to the scores.
 *
 * @param width channels of `x` and of the output
 * @param options.source channels of `source`
 * @param options.bias whether queries, keys and values have one; the output has
 * @param options.init of the output's weights
 * @param options.names of the four maps
 * @returns x [n, tq, width], source [n, tk, options.source] → [n, tq, width]
 */
export function multiHeadAttention(
  name: string,
  width: number,
  { heads, source = width, bias, init, names = ["to_q", "to_k", "to_v", "to_out.0"] }: {
    heads: number;
    source?: number;
    bias?: boolean;
    init?: Init;
    names?: readonly [query: string, key: string, value: string, output: string];
  },
): Layer<[x: Tensor, source?: Tensor, mask?: Tensor]> {
  const toQuery = linear(`${name}.${names[0]}`, width, width, { bias });
  const toKey = linear(`${name}.${names[1]}`, source, width, { bias });
  const toValue = linear(`${name}.${names[2]}`, source, width, { bias });
  const toOutput = linear(`${name}.${names[3]}`, width, width, { init });
  return block([toQuery, toKey, toValue, toOutput], (params, x, source = x, mask) => {
    const [q, k, v] = [toQuery(params, x), toKey(params, source), toValue(params, source)];
    return toOutput(params, attention(q, k, v, { heads, mask }));
  });
}
