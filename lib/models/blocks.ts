/** Blocks that the U-Net and the autoencoder share: the residual block, downsampling and upsampling. */
import { conv2d, type Tensor, type Tensor4D, tf } from "../internal/tensor/mod.ts";
import { silu } from "./activations.ts";
import { block, conv, type Init, type Layer, linear, param } from "./layers.ts";
import { groupNorm } from "./norm.ts";

/** Groups of each group normalization, and what is added to the variance. */
type NormOptions = { groups: number; eps: number };

/**
 * Group normalization, SiLU and a 3×3 convolution.
 *
 * @param names of the normalization and the convolution
 * @returns [n, h, w, in] → [n, h, w, out]
 */
export function normSiluConv(
  names: readonly [norm: string, conv: string],
  inputs: number,
  outputs: number,
  { init, ...options }: NormOptions & { init?: Init },
): Layer {
  const norm = groupNorm(names[0], inputs, options);
  const convolve = conv(names[1], inputs, outputs, 3, { init });
  return block([norm, convolve], (params, x) => convolve(params, silu(norm(params, x))));
}

/**
 * The residual block: normalization, SiLU, convolution; + time; the same again; + input, projected
 * where the channels change.
 *
 * @param options.timeWidth channels of the time embedding, where the block is told the time
 * @returns x [n, h, w, in], SiLU of the time embedding [n, timeWidth] → [n, h, w, out]
 */
export function resnetBlock(
  name: string,
  inputs: number,
  outputs: number,
  { timeWidth, ...options }: NormOptions & { timeWidth?: number },
): Layer<[x: Tensor, time?: Tensor]> {
  const first = normSiluConv([`${name}.norm1`, `${name}.conv1`], inputs, outputs, options);
  const shift = timeWidth ? linear(`${name}.time_emb_proj`, timeWidth, outputs) : undefined;
  const second = normSiluConv([`${name}.norm2`, `${name}.conv2`], outputs, outputs, {
    ...options,
    init: "zeros",
  });
  const shortcut = inputs === outputs
    ? undefined
    : conv(`${name}.conv_shortcut`, inputs, outputs, 1);
  return block([first, shift, second, shortcut], (params, x, time) => {
    let h = first(params, x); // [n, h, w, out]
    if (shift) h = tf.add(h, tf.reshape(shift(params, time!), [-1, 1, 1, outputs]));
    h = second(params, h);
    return tf.add(shortcut ? shortcut(params, x) : x, h);
  });
}

/**
 * A 3×3 convolution of stride 2 over so many more rows and columns of zeros.
 *
 * @returns [n, h, w, c] → [n, h / 2, w / 2, c]
 */
export function downsampleConv(
  name: string,
  channels: number,
  padding: [before: number, after: number],
): Layer {
  const halve = conv(name, channels, channels, 3, { stride: 2, padding: "valid" });
  return block(
    [halve],
    (params, x) => halve(params, tf.pad(x, [[0, 0], padding, padding, [0, 0]])),
  );
}

/** From so many pixels on, fewer multiplications are worth the folding of the kernel. */
const fromPixels = 128;

/**
 * A 3×3 convolution of what is enlarged to twice its size, or to `size` [h, w], by repeating its
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
 * @returns [n, h, w, c] → [n, 2h, 2w, c], or of `size`
 */
export function upsampleConv(
  name: string,
  channels: number,
): Layer<[x: Tensor, size?: [number, number]]> {
  const plain = conv(name, channels, channels, 3);
  return block([plain], (params, x, size) => {
    const [n, h, w] = x.shape;
    if (size && !isTwice(size, x) || n * h * w < fromPixels) {
      return plain(params, upsampleNearest(x, size));
    }
    const kernel = param(params, `${name}.weight`), bias = param(params, `${name}.bias`);
    const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // [n, h + 2, w + 2, c]
    const rows = foldedInPairs(kernel, 0).map((kernel, a) => {
      const columns = foldedInPairs(kernel, 1).map((kernel, b) => {
        const around = tf.slice(padded, [0, a, b, 0], [n, h + 1, w + 1, channels]);
        return conv2d(around, kernel, { bias, padding: "valid" }); // [n, h, w, c]
      });
      return tf.concat(columns, 3).reshape([n, h, -1]); // [n, h, w · 2 · c]
    });
    return tf.concat(rows, 2).reshape([n, 2 * h, 2 * w, -1]); // [n, h · 2, w · 2, c]
  });
}

/** The kernel of three rows or columns as one of two, for even places of the result and for odd ones. */
function foldedInPairs(kernel: Tensor, axis: 0 | 1): [Tensor, Tensor] {
  const [before, at, after] = tf.split(kernel, 3, axis);
  return [
    tf.concat([before, tf.add(at, after)], axis),
    tf.concat([tf.add(before, at), after], axis),
  ];
}

/**
 * Nearest-neighbour enlargement to twice the size, or to `size` [h, w].
 *
 * @param x [n, h, w, c]
 */
export function upsampleNearest(x: Tensor, size?: [number, number]): Tensor {
  const [n, h, w, c] = x.shape;
  if (size && !isTwice(size, x)) return tf.image.resizeNearestNeighbor(x as Tensor4D, size);
  return tf.customGrad((...args) => ({
    value: tf.reshape(
      tf.tile(tf.reshape(args[0] as Tensor, [n, h, 1, w, 1, c]), [1, 1, 2, 1, 2, 1]),
      [n, 2 * h, 2 * w, c],
    ),
    gradFunc: (dy: Tensor) => tf.sum(tf.reshape(dy, [n, h, 2, w, 2, c]), [2, 4]),
  }))(x);
}

/** Whether `size` [h, w] is twice that of `x` [n, h, w, c]. */
function isTwice([height, width]: [number, number], x: Tensor): boolean {
  const [, h, w] = x.shape;
  return height === 2 * h && width === 2 * w;
}
