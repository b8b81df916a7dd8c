import type { Tensor } from "@tensorflow/tfjs";
import { tfjs as tf } from "./backend.ts";

/**
 * The numbers of the tensor that `compute` makes, of which nothing is left. Had `tf.tidy` to answer with
 * them, it would look for tensors in each.
 */
export function numbersOf(compute: () => Tensor): Float32Array<ArrayBuffer> {
  let numbers: unknown;
  tf.tidy(() => {
    numbers = compute().dataSync();
  });
  return numbers as Float32Array<ArrayBuffer>;
}
