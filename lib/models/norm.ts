/** Layer and group normalization. */
import { type Tensor, tf } from "../internal/tensor/mod.ts";
import { block, type Layer, parameter } from "./layers.ts";

/**
 * Layer normalization over the last axis (Ba et al. 2016), with `${name}.weight` and `${name}.bias`
 * [width].
 *
 * @returns [..., width] → [..., width]
 */
export function layerNorm(name: string, width: number, eps = 1e-5): Layer {
  const rows = () => [-1, width];
  return normalization(name, width, rows, (rows, weight, bias, save) => {
    const centred = tf.sub(rows, tf.mean(rows, 1, true));
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), eps)); // [m, 1]
    const normal = tf.mul(centred, rstd);
    save([normal, rstd, weight]);
    return {
      value: tf.add(tf.mul(normal, weight), bias),
      gradFunc: (dy: Tensor, [normal, rstd, weight]: Tensor[]) => {
        const dNormal = tf.mul(dy, weight);
        const along = tf.mean(tf.mul(dNormal, normal), 1, true);
        const dRows = tf.mul(
          tf.sub(tf.sub(dNormal, tf.mean(dNormal, 1, true)), tf.mul(normal, along)),
          rstd,
        );
        return [dRows, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
      },
    };
  });
}

/**
 * Group normalization (Wu and He 2018), with `${name}.weight` and `${name}.bias` [c].
 *
 * @returns [n, h, w, c] → [n, h, w, c]
 */
export function groupNorm(
  name: string,
  channels: number,
  { groups, eps = 1e-5 }: { groups: number; eps?: number },
): Layer {
  const pixels = ([n, h, w]: number[]) => [n, h * w, channels];
  return normalization(name, channels, pixels, (pixels, weight, bias, save) => {
    const [n, hw, c] = pixels.shape;
    const size = hw * c / groups; // of one group
    /** Means over a group's pixels and channels, from sums over pixels: [n, 1, c] → [n, 1, c]. */
    const groupMean = (sums: Tensor) => {
      const means = tf.mul(tf.sum(tf.reshape(sums, [n, groups, c / groups]), 2, true), 1 / size);
      return tf.reshape(tf.tile(means, [1, 1, c / groups]), [n, 1, c]);
    };
    const pixelSum = (y: Tensor) => tf.sum(y, 1, true); // [n, hw, c] → [n, 1, c]

    const centred = tf.sub(pixels, groupMean(pixelSum(pixels)));
    const rstd = tf.rsqrt(tf.add(groupMean(pixelSum(tf.square(centred))), eps)); // [n, 1, c]
    save([centred, rstd, weight]);
    return {
      value: tf.add(tf.mul(centred, tf.mul(rstd, weight)), bias),
      gradFunc: (dy: Tensor, [centred, rstd, weight]: Tensor[]) => {
        const dySum = pixelSum(dy);
        const dyNormalSum = tf.mul(pixelSum(tf.mul(dy, centred)), rstd); // [n, 1, c]
        const scale = tf.mul(rstd, weight);
        const offset = tf.mul(rstd, groupMean(tf.mul(dySum, weight)));
        const along = tf.mul(tf.square(rstd), groupMean(tf.mul(dyNormalSum, weight)));
        return [
          tf.sub(tf.sub(tf.mul(dy, scale), tf.mul(centred, along)), offset),
          tf.sum(tf.reshape(dyNormalSum, [n, c]), 0),
          tf.sum(tf.reshape(dySum, [n, c]), 0),
        ];
      },
    };
  });
}

type Formula = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  save: (saved: Tensor[]) => void,
) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor[] };

/**
 * The layer that computes `formula`. The gradient is written out: automatic differentiation would go
 * over the activations three times as often.
 *
 * @param width of `${name}.weight` and `${name}.bias`
 * @param shapeOf from x's shape to the one that the formula takes it in
 */
function normalization(
  name: string,
  width: number,
  shapeOf: (shape: number[]) => number[],
  formula: Formula,
): Layer {
  const weight = parameter(`${name}.weight`, [width], "ones");
  const bias = parameter(`${name}.bias`, [width], "zeros");
  const normalize = tf.customGrad(formula as never);
  return block([weight, bias], (params, x) => {
    const reshaped = tf.reshape(x, shapeOf(x.shape));
    return tf.reshape(normalize(reshaped, weight(params), bias(params)), x.shape);
  });
}
