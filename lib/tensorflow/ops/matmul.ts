import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "../backend.ts";
import { attr } from "./attributes.ts";
import { biasAdd, biasAddGradient } from "./bias.ts";
import { formatNow } from "./format.ts";

export type MatmulOptions = {
  /** Added to each row. [n] */
  bias?: Tensor;
  transposeA?: boolean;
  transposeB?: boolean;
};

/**
 * Matrix product of two matrices in the current precision, each transposed first if asked.
 *
 * @param a [m, k], or [k, m] when `transposeA`
 * @param b [k, n], or [n, k] when `transposeB`
 * @returns [m, n]
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { bias, transposeA = false, transposeB = false }: MatmulOptions = {},
): Tensor {
  if (!tensorFlow()) {
    const y = tf.matMul(a, b, transposeA, transposeB);
    return bias ? tf.add(y, bias) : y;
  }
  const { type, lower, raise } = formatNow();
  const product = (x: Tensor, y: Tensor, transposeX: boolean, transposeY: boolean) =>
    rawOp(
      "MatMul",
      [
        attr.type("T", type),
        attr.bool("transpose_a", transposeX),
        attr.bool("transpose_b", transposeY),
      ],
      [x, y],
      1,
    )[0];
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as (saved: Tensor[]) => void;
    const [x, y, bias] = args as Tensor[];
    const lowX = lower(x), lowY = lower(y);
    save([lowX, lowY]);
    const z = product(lowX, lowY, transposeA, transposeB);
    return {
      value: raise(bias ? biasAdd(z, lower(bias), type) : z),
      gradFunc: (dz: Tensor, saved: Tensor[]) => {
        const [lowX, lowY] = saved;
        const lowDz = lower(dz);
        return [
          raise(
            transposeA
              ? product(lowY, lowDz, transposeB, true)
              : product(lowDz, lowY, false, !transposeB),
          ),
          raise(
            transposeB
              ? product(lowDz, lowX, true, transposeA)
              : product(lowX, lowDz, !transposeA, false),
          ),
          ...bias ? [biasAddGradient(dz)] : [],
        ];
      },
    };
  })(...[a, b, ...bias ? [bias] : []]);
}
