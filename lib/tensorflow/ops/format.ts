import type { Tensor } from "@tensorflow/tfjs";
import { tensorFlow } from "../backend.ts";
import { DataType } from "../data_type.ts";
import { cpuFeatures } from "../cpu_features.ts";
import { fromBfloat16, toBfloat16 } from "./cast.ts";
import { currentPrecision } from "./precision.ts";

/** How products are computed in a precision. */
export type Format = {
  /** The type of operands and results, as TensorFlow numbers it. */
  type: number;
  /** Makes a float32 tensor an operand. */
  lower(x: Tensor): Tensor;
  /** Makes a result float32. */
  raise(x: Tensor): Tensor;
};

/** float32, as it is. */
const exact: Format = {
  type: DataType.float32,
  lower: (x) => x,
  raise: (x) => x,
};

const native: Format = { type: DataType.bfloat16, lower: toBfloat16, raise: fromBfloat16 };

/** Operands and results have bfloat16's values, in float32. */
const rounded: Format = {
  type: DataType.float32,
  lower: (x) => fromBfloat16(toBfloat16(x)),
  raise: (x) => fromBfloat16(toBfloat16(x)),
};

let low: Format | undefined;

/**
 * The current precision's format. It is bfloat16 itself where there are instructions for it, and
 * elsewhere the same values multiplied in float32, since bfloat16 in software is many times slower
 * and adds in bfloat16 too.
 */
export function formatNow(): Format {
  if (currentPrecision() === "float32") return exact;
  return low ??= hasInstructions() ? native : rounded;
}

function hasInstructions(): boolean {
  if (tensorFlow()!.binding.isUsingGpuDevice()) return true;
  const features = cpuFeatures();
  return ["avx512_bf16", "amx_bf16", "bf16"].some((name) => features.includes(name));
}
