/**
 * The compute runtime: tfjs over TensorFlow's C library, with a ladder of other backends.
 * @module
 */
import { tfjs } from "./backend.ts";

/** tfjs; what it computes with is chosen by {@link useBackend}. */
export const tf: typeof import("@tensorflow/tfjs") = tfjs;
export type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
export { attr } from "./ops/attributes.ts";
export { rawOp, tensorFlow } from "./backend.ts";
export { compile } from "./compile.ts";
export { type Attribute, AttributeType } from "./runtime.ts";
export { forceEager } from "./eager.ts";
export { memoized } from "./memoized.ts";
export { peakMemory, peakMemoryOf, residentMemory } from "./process_memory.ts";
export { readNumbers } from "./read_numbers.ts";
export { DataType } from "./data_type.ts";
export { type StoredNumbers, storedTensor } from "./stored_tensor.ts";
export { inShards } from "./shards.ts";
export { useBackend } from "./use_backend.ts";
export { type Variable, variable } from "./variable.ts";
export * from "./ops/mod.ts";
