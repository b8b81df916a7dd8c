import { conv, param, type Params } from "../nn/mod.ts";
import { conv2d, type Tensor, tf } from "../tensorflow/mod.ts";
import { isTwice, upsampleNearest } from "./upsample.ts";

/** From so many pixels on, fewer multiplications are worth the folding of the kernel. */
const fromPixels = 128;

/**
 * The 3×3 convolution `name` of `x` enlarged to twice its size, or to `size` [h, w], by repeating its
 * pixels.
 *
 * At twice the size each pixel is there four times. Of the nine pixels under the kernel but four
 * differ, and which of them are the same depends on whether row and column of the result are even.
 * With the kernel's rows k₋₁, k₀, k₁,
 *
 *     y[2i]     = k₋₁ x[i−1] + (k₀ + k₁) x[i]
 *     y[2i + 1] = (k₋₁ + k₀) x[i] + k₁ x[i+1]
 *
 * and so for columns: four convolutions with kernels of 2×2, interleaved, are the same with 16
 * multiplications instead of 36.
 *
 * @param x [n, h, w, in]
 * @returns [n, 2h, 2w, out], or of `size`
 */
export function upsampleConv(
  params: Params,
  name: string,
  x: Tensor,
  size?: [number, number],
): Tensor {
  const [n, h, w, channels] = x.shape;
  if (size && !isTwice(size, x) || n * h * w < fromPixels) {
    return conv(params, name, upsampleNearest(x, size));
  }
  const bias = params[`${name}.bias`];
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // [n, h + 2, w + 2, in]
  const rows = foldedInPairs(param(params, `${name}.weight`), 0).map((kernel, a) => {
    const columns = foldedInPairs(kernel, 1).map((kernel, b) => {
      const around = tf.slice(padded, [0, a, b, 0], [n, h + 1, w + 1, channels]);
      return conv2d(around, kernel, { bias, padding: "valid" }); // [n, h, w, out]
    });
    return tf.concat(columns, 3).reshape([n, h, -1]); // [n, h, w · 2 · out]
  });
  return tf.concat(rows, 2).reshape([n, 2 * h, 2 * w, -1]); // [n, h · 2, w · 2, out]
}

/** The kernel of three rows or columns as one of two, for even places of the result and for odd ones. */
function foldedInPairs(kernel: Tensor, axis: 0 | 1): [Tensor, Tensor] {
  const [before, at, after] = tf.split(kernel, 3, axis);
  return [
    tf.concat([before, tf.add(at, after)], axis),
    tf.concat([tf.add(before, at), after], axis),
  ];
}
