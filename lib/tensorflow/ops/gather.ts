import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "../backend.ts";
import { DataType } from "../data_type.ts";
import { attr } from "./attributes.ts";

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
