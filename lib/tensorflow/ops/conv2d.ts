import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "../backend.ts";
import { attr } from "./attributes.ts";
import { lowFormat } from "./low_format.ts";
import { currentPrecision } from "./precision.ts";

export type Conv2dOptions = { stride?: number; padding?: "same" | "valid" };

/**
 * Two-dimensional convolution in the current precision.
 *
 * @param x [n, h, w, in]
 * @param filter [kh, kw, in, out]
 * @returns [n, h', w', out]
 */
export function conv2d(
  x: Tensor,
  filter: Tensor,
  { stride = 1, padding = "same" }: Conv2dOptions = {},
): Tensor {
  if (!tensorFlow() || currentPrecision() === "float32") {
    return tf.conv2d(x as Tensor4D, filter as Tensor4D, stride, padding);
  }
  const { type, lower, raise } = lowFormat();
  const attributes = [
    attr.type("T", type),
    attr.ints("strides", [1, stride, stride, 1]),
    attr.string("padding", padding.toUpperCase()),
    attr.bool("use_cudnn_on_gpu", true),
    attr.string("data_format", "NHWC"),
    attr.ints("dilations", [1, 1, 1, 1]),
  ];
  return tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [Tensor, Tensor, (saved: Tensor[]) => void];
    const lowA = lower(a), lowB = lower(b);
    save([lowA, lowB]);
    return {
      value: raise(rawOp("Conv2D", attributes, [lowA, lowB], 1)[0]),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [lowA, lowB] = saved;
        const lowDy = lower(dy);
        const gradient = (op: string, inputs: Tensor[]) =>
          raise(rawOp(op, attributes, inputs, 1)[0]);
        const size = (shape: number[]) => tf.tensor1d(shape, "int32");
        return [
          gradient("Conv2DBackpropInput", [size(x.shape), lowB, lowDy]),
          gradient("Conv2DBackpropFilter", [lowA, size(filter.shape), lowDy]),
        ];
      },
    };
  })(x, filter);
}
