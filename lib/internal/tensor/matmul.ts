/** Matrix products and gathers, with the gradients and precisions that training needs. */
import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "./backend.ts";
import { biasAdd, biasAddGradient, formatNow } from "./format.ts";
import { attr, DataType } from "./handles.ts";

type MatmulOptions = {
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

/**
 * Rows of a table. tfjs' own kernel looks at the indices' values, which no graph can.
 *
 * @param table [rows, d] float32
 * @param indices int32, of any shape
 * @returns [...indices.shape, d]
 */
export function gather(table: Tensor, indices: Tensor): Tensor {
  if (!tensorFlow()) return tf.gather(table, indices as never);
  const [rows, width] = table.shape;
  return tf.customGrad((...args) => {
    const [values, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    save([indices]);
    const axis = tf.scalar(0, "int32");
    const attributes = [
      attr.int("batch_dims", 0),
      attr.type("Tparams", DataType.float32),
      attr.type("Tindices", DataType.int32),
      attr.type("Taxis", DataType.int32),
    ];
    return {
      value: rawOp("GatherV2", attributes, [values, indices, axis], 1)[0],
      gradFunc: (dy: Tensor, [indices]: Tensor[]) => {
        const attributes = [
          attr.type("T", DataType.float32),
          attr.type("Tindices", DataType.int32),
          attr.type("Tnumsegments", DataType.int32),
        ];
        const inputs = [
          tf.reshape(dy, [-1, width]),
          tf.reshape(indices, [-1]),
          tf.scalar(rows, "int32"),
        ];
        return rawOp("UnsortedSegmentSum", attributes, inputs, 1)[0];
      },
    };
  })(table);
}
