import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "../backend.ts";
import { attr } from "./attributes.ts";
import { exact, lowFormat } from "./low_format.ts";
import { currentPrecision } from "./precision.ts";

/**
 * Matrix product of two matrices in the current precision, each transposed first if asked.
 *
 * @param a [m, k], or [k, m] when `transposeA`
 * @param b [k, n], or [n, k] when `transposeB`
 * @returns [m, n]
 */
export function matmul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  if (!tensorFlow()) return tf.matMul(a, b, transposeA, transposeB);
  const { type, lower, raise } = currentPrecision() === "float32" ? exact : lowFormat();
  const product = (x: Tensor, y: Tensor, transposeX: boolean, transposeY: boolean) =>
    raise(
      rawOp(
        "MatMul",
        [
          attr.type("T", type),
          attr.bool("transpose_a", transposeX),
          attr.bool("transpose_b", transposeY),
        ],
        [x, y],
        1,
      )[0],
    );
  return tf.customGrad((...args) => {
    const [x, y, save] = args as unknown as [Tensor, Tensor, (saved: Tensor[]) => void];
    const lowX = lower(x), lowY = lower(y);
    save([lowX, lowY]);
    return {
      value: product(lowX, lowY, transposeA, transposeB),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [lowX, lowY] = saved;
        const lowDy = lower(dy);
        return [
          transposeA
            ? product(lowY, lowDy, transposeB, true)
            : product(lowDy, lowY, false, !transposeB),
          transposeB
            ? product(lowDy, lowX, true, transposeA)
            : product(lowX, lowDy, !transposeA, false),
        ];
      },
    };
  })(a, b);
}
