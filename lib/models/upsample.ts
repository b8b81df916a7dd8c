import { type Tensor, type Tensor4D, tf } from "../tensorflow/mod.ts";

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
export function isTwice([height, width]: [number, number], x: Tensor): boolean {
  const [, h, w] = x.shape;
  return height === 2 * h && width === 2 * w;
}
