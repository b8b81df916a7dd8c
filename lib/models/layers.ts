/** Layers as functions of named parameters, each with the parameters' shapes. */
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

/** What a model's checkpoint holds: each parameter's shape, and how it starts when it is new. */
export type ParameterSpecs = Record<string, ParameterSpec>;

type ParameterSpec = {
  /** In the checkpoint's layout: linear [out, in], convolution [out, in, kh, kw]. */
  shape: number[];
  init: Init;
};

/**
 * "fan-in": uniform in ±1/√inputs; "zeros"; "ones"; or the standard deviation of a normal
 * distribution.
 */
export type Init = "fan-in" | "zeros" | "ones" | number;

/**
 * A part of a network, from one layer to the whole: a function of parameters and inputs that also
 * says which parameters it has. It is defined once for a configuration, and called at each step.
 *
 * ```ts
 * const project = linear("proj", 4, 8);
 * const params = initParams(project.specs, createRandom(0)); // "proj.weight", "proj.bias"
 * const y = project(params, tf.ones([2, 4])); // [2, 8]
 * ```
 */
export type Layer<Inputs extends unknown[] = [x: Tensor], Output = Tensor> =
  & ((params: Params, ...inputs: Inputs) => Output)
  & { readonly specs: ParameterSpecs };

/** The parameter `name` itself. */
export function parameter(name: string, shape: number[], init: Init): Layer<[]> {
  const specs: ParameterSpecs = { [name]: { shape, init } };
  return Object.assign((params: Params) => param(params, name), { specs });
}

/**
 * What `forward` computes with the layers `parts`.
 *
 * @param parts in the order of the checkpoint; undefined stands for a layer that this network lacks
 */
export function block<Inputs extends unknown[], Output>(
  parts: Parts,
  forward: (params: Params, ...inputs: Inputs) => Output,
): Layer<Inputs, Output> {
  return Object.assign(forward, { specs: specsOf(parts) });
}

type Parts = readonly (HasSpecs | undefined | readonly (HasSpecs | undefined)[])[];
type HasSpecs = { readonly specs: ParameterSpecs };

/** The parameters of all `parts`, in this order. */
export function specsOf(parts: Parts): ParameterSpecs {
  return Object.assign({}, ...parts.flat().map((part) => part?.specs));
}

/** Layers one after the other, each with the output of the one before. */
export function sequence(layers: readonly Layer[]): Layer {
  return block(layers, (params, x) => layers.reduce((x, layer) => layer(params, x), x));
}

type Options = { bias?: boolean; init?: Init };

/** `${name}.weight`, and unless `bias` is false `${name}.bias` [out]. */
function weightAndBias(
  name: string,
  shape: number[],
  { bias = true, init = "fan-in" }: Options,
): [weight: Layer<[]>, bias?: Layer<[]>] {
  const weight = parameter(`${name}.weight`, shape, init);
  return bias ? [weight, parameter(`${name}.bias`, [shape[0]], "zeros")] : [weight];
}

/**
 * y = x Wᵀ + b, with W = `${name}.weight` [out, in] and, unless `bias` is false, b = `${name}.bias`
 * [out]. Low-rank adapters at the same name add (α / r) B(A x) (Hu et al. 2022, "LoRA", equation 3).
 *
 * @returns [..., in] → [..., out]
 */
export function linear(
  name: string,
  inputs: number,
  outputs: number,
  options: Options = {},
): Layer {
  const [weight, bias] = weightAndBias(name, [outputs, inputs], options);
  return block([weight, bias], (params, x) => {
    const rows = tf.reshape(x, [-1, inputs]); // [m, in]
    let y = matmul(rows, weight(params), { bias: bias?.(params), transposeB: true }); // [m, out]
    const down = params[`${name}.lora.down.weight`];
    if (down) y = tf.add(y, loraUpdate(params, name, rows, down));
    return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
  });
}

function loraUpdate(params: Params, name: string, rows: Tensor, down: Tensor): Tensor {
  const up = param(params, `${name}.lora.up.weight`);
  const scale = param(params, `${name}.lora.scale`);
  return tf.mul(scale, matmul(matmul(rows, down, { transposeB: true }), up, { transposeB: true }));
}

/**
 * Convolution with a kernel of `size` × `size`, `${name}.weight` [kh, kw, in, out], and unless `bias`
 * is false `${name}.bias` [out].
 *
 * @returns [n, h, w, in] → [n, h', w', out]
 */
export function conv(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  { stride, padding, ...options }: Options & Pick<Conv2dOptions, "stride" | "padding"> = {},
): Layer {
  const [weight, bias] = weightAndBias(name, [outputs, inputs, size, size], options);
  return block(
    [weight, bias],
    (params, x) => conv2d(x, weight(params), { bias: bias?.(params), stride, padding }),
  );
}

/**
 * Rows of `${name}.weight` [vocabulary, d]. Where there are `${name}.added.weight` [k, d], the rows
 * of k words added later, ids go on into them.
 *
 * @returns ids, int32 [...] → [..., d]
 */
export function embedding(
  name: string,
  vocabulary: number,
  d: number,
  init: Init,
): Layer<[ids: Tensor]> {
  const table = parameter(`${name}.weight`, [vocabulary, d], init);
  return block([table], (params, ids) => {
    const weight = table(params);
    const added = params[`${name}.added.weight`];
    return added ? rowsOfTwo(weight, added, ids) : gather(weight, ids);
  });
}

/** Rows of the tables [vocabulary, d] and [k, d], as if the second followed the first. */
function rowsOfTwo(weight: Tensor, added: Tensor, ids: Tensor): Tensor {
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
 * Weights on the line between two models: W₀ + α (W₁ − W₀), as in Wortsman et al. 2022, "Robust
 * fine-tuning of zero-shot models", section 3. Beyond α = 1 it extends past W₁.
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
