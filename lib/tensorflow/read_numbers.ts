import type { Tensor } from "@tensorflow/tfjs";
import { idsOf, tensorFlow, tfjs as tf } from "./backend.ts";

/**
 * Copies the numbers of the float32 tensor that `compute` makes, of which nothing is left, into memory
 * that is there already. Had they new memory each time, that of a checkpoint would be left to the
 * garbage collector.
 */
export function readNumbers(compute: () => Tensor, into: Float32Array<ArrayBuffer>): void {
  tf.tidy(() => {
    const tensor = compute();
    const backend = tensorFlow();
    if (!backend) return into.set(tensor.dataSync());
    const [id] = idsOf([tensor]);
    backend.binding.readInto(id, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
  });
}
