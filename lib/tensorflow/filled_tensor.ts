import type { Tensor } from "@tensorflow/tfjs";
import { tensorFlow, tfjs as tf } from "./backend.ts";
import { DataType } from "./capi.ts";
import { filledEagerTensor } from "./runtime.ts";

/**
 * A float32 tensor that is written by `fill`. On TensorFlow it writes where the numbers stay, so that
 * large ones need not be held twice.
 *
 * @param fill gets the bytes, in whatever state, and writes all of them
 */
export function filledTensor(
  shape: number[],
  fill: (bytes: Uint8Array<ArrayBuffer>) => void,
): Tensor {
  const backend = tensorFlow();
  if (backend) {
    const { binding } = backend;
    const handle = filledEagerTensor(binding.runtime, shape, DataType.float32, fill);
    return backend.createOutputTensor(binding.metadata(handle));
  }
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  fill(new Uint8Array(values.buffer));
  return tf.tensor(values, shape);
}
