import { encode, type VaeConfig } from "specialist/models/vae/mod.ts";
import type { Params } from "specialist/nn/mod.ts";
import { compile, memoized, type Tensor, tf } from "specialist/tensorflow/mod.ts";
import type { Drawing } from "./base_data.ts";
import { pixelBatch } from "./pixel_batch.ts";

const batchSize = 64;

const encoderOf = memoized((config: VaeConfig) =>
  compile((params: Params, pixels: Tensor) =>
    encode(params, config, tf.sub(tf.mul(pixels, 2), 1)).mean
  )
);

/** The unscaled latents of each drawing: the means of their posteriors. */
export function encodeDrawings(
  params: Params,
  config: VaeConfig,
  drawings: readonly Drawing[],
  size: number,
): Float32Array[] {
  const encodeBatch = encoderOf(config);
  const latents: Float32Array[] = [];
  for (let first = 0; first < drawings.length; first += batchSize) {
    const batch = drawings.slice(first, first + batchSize);
    // The last batch is filled up, so that all are of one shape.
    const filled = Array.from({ length: batchSize }, (_, i) => batch[i % batch.length]);
    const inputs = pixelBatch(filled, filled.map(() => undefined), size);
    const mean = encodeBatch(params, inputs.pixels);
    const values = mean.dataSync() as Float32Array;
    const length = values.length / batchSize;
    batch.forEach((_, i) => latents.push(values.slice(i * length, (i + 1) * length)));
    tf.dispose([inputs, mean]);
  }
  return latents;
}

/** Standard deviation of all numbers together. */
export function deviationOf(arrays: readonly Float32Array[]): number {
  let count = 0, sum = 0, squares = 0;
  for (const array of arrays) {
    for (const value of array) {
      sum += value;
      squares += value * value;
    }
    count += array.length;
  }
  return Math.sqrt(squares / count - (sum / count) ** 2);
}
