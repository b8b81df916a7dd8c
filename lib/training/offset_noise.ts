import type { Random } from "../random/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { normalTensor } from "./latents.ts";

/**
 * Noise whose mean over a picture varies as its pixels do not: ε + s δ, with a standard normal δ for
 * each sample and channel (Guttenberg 2023, "Diffusion with offset noise").
 *
 * @param deviation s
 * @param shape [n, h, w, c]
 */
export function offsetNoise(random: Random, shape: number[], deviation: number): Tensor {
  const [n, _h, _w, c] = shape;
  return tf.tidy(() => {
    const noise = normalTensor(random, shape);
    return tf.add(noise, tf.mul(deviation, normalTensor(random, [n, 1, 1, c])));
  });
}
