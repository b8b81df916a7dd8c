/** Tensors in tests. */
import { assert, assertEquals } from "@std/assert";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import type { NamedArray } from "specialist/models/files/safetensors.ts";
import type { Terms } from "specialist/training";
import type { Output } from "./parity/parity_case.ts";

/** Standard normal numbers, the same in every run. */
export function normal(shape: number[], seed = 1): Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", seed);
}

/** Fails unless ‖actual − expected‖ ≤ share · ‖expected‖. */
export function assertTensorsNear(actual: Tensor, expected: Tensor, share: number): void {
  assertEquals(actual.shape, expected.shape);
  const values = expected.dataSync();
  const size = Math.hypot(...values);
  const distance = Math.hypot(...actual.dataSync().map((value, i) => value - values[i]));
  assert(distance <= share * size, `${distance} apart, where all is ${size}`);
}

/** What a step minimizes: a task's loss, or the weighted sum of its losses. */
export function totalLoss(loss: Tensor | Terms): Tensor {
  if (loss instanceof tf.Tensor) return loss;
  const terms = Object.values(loss as Terms);
  return tf.addN(terms.map(({ value, weight }) => tf.mul(value, weight)));
}

/** A stored array as a tensor of the same layout: int32 for whole numbers, else float32. */
export function tensorOf({ shape, data }: NamedArray): Tensor {
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  return isFloat
    ? tf.tensor(Float32Array.from(data), [...shape], "float32")
    : tf.tensor(Int32Array.from(data), [...shape], "int32");
}

/** A tensor's values, to be compared. */
export function outputOf(tensor: Tensor): Output {
  return { shape: tensor.shape, data: tensor.dataSync() as Float32Array | Int32Array };
}
