import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "../backend.ts";
import { DataType } from "../capi.ts";
import { attr } from "./attributes.ts";

const attributes = [
  attr.type("T", DataType.float32),
  attr.string("data_format", "NHWC"),
];

/**
 * Adds a bias to each channel. TensorFlow computes it together with the convolution or product that
 * it follows, as it does not with a plain addition.
 *
 * @param x [..., c]
 * @param bias [c]
 */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  if (!tensorFlow()) return tf.add(x, bias);
  return tf.customGrad((...args) => {
    const [x, bias] = args as Tensor[];
    return {
      value: rawOp("BiasAdd", attributes, [x, bias], 1)[0],
      gradFunc: (dy: Tensor) => [dy, rawOp("BiasAddGrad", attributes, [dy], 1)[0]],
    };
  })(x, bias);
}
