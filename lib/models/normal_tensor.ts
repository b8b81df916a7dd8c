import type { Random } from "../data/mod.ts";
import { type Tensor, tf } from "../internal/tensor/mod.ts";

/** Standard normal numbers, drawn in the order in which they lie in memory. */
export function normalTensor(random: Random, shape: number[]): Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
  return tf.tensor(values, shape);
}

/**
 * Noise whose mean over an image varies as its pixels do not: ε + s δ, with a standard normal δ for
 * each sample and channel (Guttenberg 2023, "Diffusion with offset noise"). Its ε is that of
 * {@link normalTensor}.
 *
 * @param deviation s
 * @param shape [n, h, w, c]
 */
export function offsetNoise(random: Random, shape: number[], deviation: number): Tensor {
  const [n, _h, _w, c] = shape;
  return tf.tidy(() => {
    const offset = normalTensor(random.fork("offset"), [n, 1, 1, c]);
    return tf.add(normalTensor(random, shape), tf.mul(deviation, offset));
  });
}
