/** Layers as functions of named parameters. */
import {
  conv2d,
  type Conv2dOptions,
  gather,
  matmul,
  type Tensor,
  tf,
} from "../internal/tensor/mod.ts";

/**
 * A model's parameters under the names of its checkpoint, such as
 * "down_blocks.0.resnets.0.conv1.weight". Linear weights are [out, in] as stored; convolutions are
 * [kh, kw, in, out], converted where checkpoints are read and written.
 */
export type Params = Record<string, Tensor>;

/** The parameter called `name`. @throws Error if there is none */
export function param(params: Params, name: string): Tensor {
  const found = params[name];
  if (!found) throw new Error(`the model has no parameter "${name}"`);
  return found;
}

/** Parameters, or what goes with them, under longer names: "conv_in.weight" → "unet.conv_in.weight". */
export function prefixed<T>(params: Record<string, T>, prefix: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

/** The parameters under a prefix, without it: the inverse of {@link prefixed}. */
export function scoped<T>(params: Record<string, T>, prefix: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, value]) => [name.slice(prefix.length + 1), value]),
  );
}

/**
 * y = x Wᵀ + b, with W = `${name}.weight` [out, in] and, where there is one, b = `${name}.bias`
 * [out]. Low-rank adapters at the same name add (α / r) B(A x) (Hu et al. 2022, "LoRA", equation 3).
 *
 * @param x [..., in]
 * @returns [..., out]
 */
export function linear(params: Params, name: string, x: Tensor): Tensor {
  const weight = param(params, `${name}.weight`);
  const rows = tf.reshape(x, [-1, weight.shape[1]!]); // [m, in]
  const bias = params[`${name}.bias`];
  let y = matmul(rows, weight, { bias, transposeB: true }); // [m, out]
  const down = params[`${name}.lora.down.weight`];
  if (down) y = tf.add(y, loraUpdate(params, name, rows, down));
  return tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[0]]);
}

function loraUpdate(params: Params, name: string, rows: Tensor, down: Tensor): Tensor {
  const up = param(params, `${name}.lora.up.weight`);
  const scale = param(params, `${name}.lora.scale`);
  return tf.mul(scale, matmul(matmul(rows, down, { transposeB: true }), up, { transposeB: true }));
}

/**
 * Convolution with `${name}.weight` [kh, kw, in, out] and, where there is one, `${name}.bias` [out].
 *
 * @param x [n, h, w, in]
 * @returns [n, h', w', out]
 */
export function conv(
  params: Params,
  name: string,
  x: Tensor,
  options?: Conv2dOptions,
): Tensor {
  const bias = params[`${name}.bias`];
  return conv2d(x, param(params, `${name}.weight`), { ...options, bias });
}

/**
 * Rows of `${name}.weight` [vocabulary, d]. Where there are `${name}.added.weight` [k, d], the rows
 * of k words added later, ids go on into them.
 *
 * @param ids int32 [...]
 * @returns [..., d]
 */
export function embedding(params: Params, name: string, ids: Tensor): Tensor {
  const weight = param(params, `${name}.weight`);
  const added = params[`${name}.added.weight`];
  if (!added) return gather(weight, ids);
  const [vocabulary] = weight.shape, [k, d] = added.shape;
  const rows = gather(weight, tf.minimum(ids, tf.scalar(vocabulary - 1, "int32")));
  const known = tf.cast(tf.less(ids, tf.scalar(vocabulary, "int32")), "float32");
  const newIds = tf.range(vocabulary, vocabulary + k, 1, "int32");
  const chosen = tf.cast(tf.equal(tf.reshape(ids, [-1, 1]), newIds), "float32"); // [m, k]
  return tf.add(
    tf.mul(rows, tf.expandDims(known, -1)),
    tf.reshape(tf.matMul(chosen as never, added as never), [...ids.shape, d]),
  );
}

/**
 * One table [vocabulary + k, d] in place of each two.
 *
 * @returns new tensors where there were added rows, the same ones elsewhere
 */
export function mergeAddedRows(params: Params): Params {
  const merged = { ...params };
  for (const name of Object.keys(params)) {
    if (!name.endsWith(".added.weight")) continue;
    const table = name.replace(/added\.weight$/, "weight");
    delete merged[name];
    merged[table] = tf.concat([params[table], params[name]]);
  }
  return merged;
}

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

/** x · σ(βx). */
function swish(x: Tensor, beta: number): Tensor {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    const gate = tf.sigmoid(beta === 1 ? input : tf.mul(input, beta));
    save([input, gate]);
    return {
      value: tf.mul(input, gate),
      // d/dx xσ(βx) = σ + βxσ(1 − σ)
      gradFunc: (dy: Tensor, [input, gate]: Tensor[]) => {
        const slope = tf.mul(tf.mul(input, gate), tf.sub(beta, tf.mul(gate, beta)));
        return tf.mul(dy, tf.add(gate, slope));
      },
    };
  })(x);
}

/** x · σ(x) (Elfwing et al. 2017). */
export function silu(x: Tensor): Tensor {
  return swish(x, 1);
}

/** x · σ(1.702 x): the GELU of OpenAI's CLIP. */
export function quickGelu(x: Tensor): Tensor {
  return swish(x, 1.702);
}

/** x · Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/**
 * Weights on the line between two models: W₀ + α (W₁ − W₀), as in Wortsman et al. 2022, "Robust
 * fine-tuning of zero-shot models", section 3. Beyond α = 1 it goes on past W₁.
 *
 * @param from W₀, for α = 0
 * @param to W₁, for α = 1, under the same names
 */
export function interpolate(from: Params, to: Params, alpha: number): Params {
  return Object.fromEntries(
    Object.entries(to).map(([name, end]) => [
      name,
      tf.tidy(() => tf.add(from[name], tf.mul(alpha, tf.sub(end, from[name])))),
    ]),
  );
}

/** `x`, whose gradient is zero: an optimizer with weight decay still decays it. */
export function frozen(x: Tensor): Tensor {
  return tf.customGrad((...args) => {
    const [value, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    save([value]);
    return {
      value: tf.clone(value),
      gradFunc: (_: Tensor, [value]: Tensor[]) => tf.zerosLike(value),
    };
  })(x);
}
