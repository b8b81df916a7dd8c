import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "./backend.ts";
import { biasAdd, biasAddGradient, formatNow } from "./format.ts";
import { attr } from "./handles.ts";

export type Conv2dOptions = {
  /** Added to each pixel. [out] */
  bias?: Tensor;
  stride?: number;
  padding?: "same" | "valid";
};

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
  { bias, stride = 1, padding = "same" }: Conv2dOptions = {},
): Tensor {
  if (!tensorFlow()) {
    const y = tf.conv2d(x as Tensor4D, filter as Tensor4D, stride, padding);
    return bias ? tf.add(y, bias) : y;
  }
  const { type, lower, raise } = formatNow();
  const attributes = [
    attr.type("T", type),
    attr.ints("strides", [1, stride, stride, 1]),
    attr.string("padding", padding.toUpperCase()),
    attr.bool("use_cudnn_on_gpu", true),
    attr.string("data_format", "NHWC"),
    attr.ints("dilations", [1, 1, 1, 1]),
  ];
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as (saved: Tensor[]) => void;
    const [x, filter, bias] = args as Tensor[];
    const lowX = lower(x), lowFilter = lower(filter);
    save([lowX, lowFilter]);
    const [y] = rawOp("Conv2D", attributes, [lowX, lowFilter], 1);
    return {
      value: raise(bias ? biasAdd(y, lower(bias), type) : y),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [lowX, lowFilter] = saved;
        const lowDy = lower(dy);
        const gradient = (op: string, inputs: Tensor[]) =>
          raise(rawOp(op, attributes, inputs, 1)[0]);
        const size = (shape: number[]) => tf.tensor1d(shape, "int32");
        return [
          gradient("Conv2DBackpropInput", [size(x.shape), lowFilter, lowDy]),
          gradient("Conv2DBackpropFilter", [lowX, size(filter.shape), lowDy]),
          ...bias ? [biasAddGradient(dy)] : [],
        ];
      },
    };
  })(...[x, filter, ...bias ? [bias] : []]);
}
