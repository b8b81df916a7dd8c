import { type Tensor, tf } from "specialist/tensorflow/mod.ts";
import type { Crop } from "./clip.ts";

/**
 * Bilinear sampling as matrices: a crop resized to the whole side is rows · picture · columnsᵀ. What
 * lies outside the picture is zero.
 *
 * @returns both [n, size, size]
 */
export function resizeWeights(
  crops: readonly Crop[],
  size: number,
): { rows: Tensor; columns: Tensor } {
  const rows = new Float32Array(crops.length * size * size);
  const columns = new Float32Array(crops.length * size * size);
  crops.forEach(({ top, bottom, left, right }, i) => {
    fill(rows.subarray(i * size * size), top, bottom, size);
    fill(columns.subarray(i * size * size), left, right, size);
  });
  const shape = [crops.length, size, size];
  return { rows: tf.tensor(rows, shape), columns: tf.tensor(columns, shape) };
}

function fill(weights: Float32Array, from: number, to: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const at = (from + (to - from) * (i + 0.5) / size) * size - 0.5;
    const low = Math.floor(at), share = at - low;
    if (low >= 0 && low < size) weights[i * size + low] = 1 - share;
    if (low + 1 >= 0 && low + 1 < size) weights[i * size + low + 1] = share;
  }
}
