import { type Tensor, tf } from "../internal/tensor/mod.ts";
import { param, type Params } from "./layers.ts";

/**
 * Layer normalization over the last axis (Ba et al. 2016), with `${name}.weight` and `${name}.bias`
 * [d].
 *
 * @param x [..., d]
 */
export function layerNorm(params: Params, name: string, x: Tensor, eps = 1e-5): Tensor {
  const width = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, width]); // [m, d]
  const y = tf.customGrad((...args) => {
    const [rows, weight, bias, save] = args as unknown as [
      Tensor,
      Tensor,
      Tensor,
      (saved: Tensor[]) => void,
    ];
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
  })(rows, param(params, `${name}.weight`), param(params, `${name}.bias`));
  return tf.reshape(y, x.shape);
}

/**
 * Group normalization (Wu and He 2018), with `${name}.weight` and `${name}.bias` [c]. Its gradient is
 * written out: automatic differentiation would go over the activations three times as often.
 *
 * @param x [n, h, w, c]
 */
export function groupNorm(
  params: Params,
  name: string,
  x: Tensor,
  { groups, eps = 1e-5 }: { groups: number; eps?: number },
): Tensor {
  const [n, h, w, c] = x.shape;
  const size = h * w * c / groups; // of one group
  /** Means over a group's pixels and channels, from sums over pixels: [n, 1, c] → [n, 1, c]. */
  const groupMean = (sums: Tensor) => {
    const means = tf.mul(tf.sum(tf.reshape(sums, [n, groups, c / groups]), 2, true), 1 / size);
    return tf.reshape(tf.tile(means, [1, 1, c / groups]), [n, 1, c]);
  };
  const pixelSum = (y: Tensor) => tf.sum(y, 1, true); // [n, hw, c] → [n, 1, c]

  const y = tf.customGrad((...args) => {
    const [pixels, weight, bias, save] = args as unknown as [
      Tensor,
      Tensor,
      Tensor,
      (saved: Tensor[]) => void,
    ];
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
  })(
    tf.reshape(x, [n, h * w, c]),
    param(params, `${name}.weight`),
    param(params, `${name}.bias`),
  );
  return tf.reshape(y, x.shape);
}
