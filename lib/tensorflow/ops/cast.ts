import type { Tensor } from "@tensorflow/tfjs";
import { rawOp } from "../backend.ts";
import { DataType } from "../data_type.ts";
import { attr } from "./attributes.ts";

const { float32, bfloat16 } = DataType;

/** Rounds to bfloat16. tfjs has no such type and calls the result float32: give it to raw ops only. */
export function toBfloat16(x: Tensor): Tensor {
  return cast(x, float32, bfloat16);
}

/** The inverse of {@link toBfloat16}. */
export function fromBfloat16(x: Tensor): Tensor {
  return cast(x, bfloat16, float32);
}

function cast(x: Tensor, from: number, to: number): Tensor {
  const attributes = [
    attr.type("SrcT", from),
    attr.type("DstT", to),
    attr.bool("Truncate", false),
  ];
  return rawOp("Cast", attributes, [x], 1)[0];
}
