/**
 * Ops that tfjs lacks, or that are faster here.
 * @module
 */
export { afterwards } from "./afterwards.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { gather } from "./gather.ts";
export { matmul } from "./matmul.ts";
export { currentPrecision, type Precision, precisions, withPrecision } from "./precision.ts";
