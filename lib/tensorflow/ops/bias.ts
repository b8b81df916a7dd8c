import type { Tensor } from "@tensorflow/tfjs";
import { rawOp } from "../backend.ts";
import { DataType } from "../data_type.ts";
import { attr } from "./attributes.ts";

const attributesOf = (type: number) => [
  attr.type("T", type),
  attr.string("data_format", "NHWC"),
];

/**
 * Adds a bias to each channel. TensorFlow computes it together with the convolution or product that
 * it follows, as it does not with a plain addition.
 *
 * @param x [..., c]
 * @param bias [c]
 * @param type of both, as TensorFlow numbers it
 */
export function biasAdd(x: Tensor, bias: Tensor, type: number): Tensor {
  return rawOp("BiasAdd", attributesOf(type), [x, bias], 1)[0];
}

/**
 * The bias' gradient.
 *
 * @param dy [..., c] float32
 * @returns [c]
 */
export function biasAddGradient(dy: Tensor): Tensor {
  return rawOp("BiasAddGrad", attributesOf(DataType.float32), [dy], 1)[0];
}
