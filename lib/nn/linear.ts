import { matmul, type Tensor, tf } from "../tensorflow/mod.ts";
import { param, type Params } from "./params.ts";

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
