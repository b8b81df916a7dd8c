import { conv2d, type Conv2dOptions, type Tensor } from "../tensorflow/mod.ts";
import { param, type Params } from "./params.ts";

/**
 * Convolution with `${name}.weight` [kh, kw, in, out] and, where there is one, `${name}.bias` [out].
 *
 * @param x [n, h, w, in]
 * @returns [n, h', w', out]
 */
export function conv(
  params: Params,
  name: string,
  x: Tensor,
  options?: Conv2dOptions,
): Tensor {
  const bias = params[`${name}.bias`];
  return conv2d(x, param(params, `${name}.weight`), { ...options, bias });
}
