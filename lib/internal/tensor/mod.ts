/**
 * The compute runtime: tfjs over TensorFlow's C library, with fallbacks for other machines.
 * @module
 */
export {
  rawOp,
  readNumbers,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensorFlow,
  tf,
} from "./backend.ts";
export { backendChecks, backendsFor, useBackend } from "./backends.ts";
export { compile, forceEager, isEagerForced, memoized } from "./compile.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { diagnose, type Diagnosis, type LibraryState } from "./doctor.ts";
export { afterwards, type Precision, precisions, withPrecision } from "./format.ts";
export { attr, DataType } from "./handles.ts";
export { peakMemory, peakMemoryOf, residentMemory, threadBudget } from "./machine.ts";
export { gather, matmul } from "./matmul.ts";
export { inShards, type StoredNumbers, storedTensor } from "./stored_tensor.ts";
export { type Variable, variable } from "./variable.ts";
