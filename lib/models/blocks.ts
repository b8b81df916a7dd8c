/** Blocks that the U-Net and the autoencoder share: the residual block and upsampling. */
import { conv2d, type Tensor, type Tensor4D, tf } from "../internal/tensor/mod.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "./files/parameters.ts";
import { conv, linear, param, type Params, silu } from "./layers.ts";
import { groupNorm } from "./norm.ts";

// The residual block of both the U-Net and the autoencoder.

type ResnetOptions = { groups: number; eps: number };

/**
 * GN, SiLU, conv, + time; GN, SiLU, conv; + input, projected where the channels change.
 *
 * @param x [n, h, w, in]
 * @param time SiLU of the time embedding, [n, d]
 * @returns [n, h, w, out]
 */
export function resnetBlock(
  params: Params,
  name: string,
  x: Tensor,
  { groups, eps }: ResnetOptions,
  time?: Tensor,
): Tensor {
  let h = conv(
    params,
    `${name}.conv1`,
    silu(groupNorm(params, `${name}.norm1`, x, { groups, eps })),
  );
  if (time) {
    const shift = linear(params, `${name}.time_emb_proj`, time); // [n, out]
    h = tf.add(h, tf.reshape(shift, [shift.shape[0], 1, 1, shift.shape[1]!]));
  }
  h = conv(params, `${name}.conv2`, silu(groupNorm(params, `${name}.norm2`, h, { groups, eps })));
  const projects = `${name}.conv_shortcut.weight` in params;
  return tf.add(projects ? conv(params, `${name}.conv_shortcut`, x) : x, h);
}

export function resnetBlockSpecs(
  name: string,
  inputs: number,
  outputs: number,
  timeWidth?: number,
): ParameterSpecs {
  return {
    ...normSpecs(`${name}.norm1`, inputs),
    ...convSpecs(`${name}.conv1`, inputs, outputs, 3),
    ...(timeWidth && linearSpecs(`${name}.time_emb_proj`, timeWidth, outputs)),
    ...normSpecs(`${name}.norm2`, outputs),
    ...convSpecs(`${name}.conv2`, outputs, outputs, 3, { init: "zeros" }),
    ...(inputs !== outputs && convSpecs(`${name}.conv_shortcut`, inputs, outputs, 1)),
  };
}

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
