/** Registers TensorFlow's C library as the tfjs backend `tensorflow`. */
import type { Tensor } from "@tensorflow/tfjs";
import { createRequire } from "node:module";
import nodeUtil from "node:util";
import { type Binding, createBinding } from "./binding.ts";
import { requireInputs } from "./graph.ts";
import { type Attribute, DataType, type EagerHandle } from "./handles.ts";
import type { ThreadLayout } from "./machine.ts";
import { openRuntime } from "./runtime.ts";

const require = createRequire(import.meta.url);

/** tfjs as the kernels see it: one copy for them and for us. */
// deno-lint-ignore no-explicit-any -- CommonJS entry; typed as the namespace in mod.ts
export const tfjs: typeof import("@tensorflow/tfjs") = require("@tensorflow/tfjs") as any;

/** The parts of `NodeJSKernelBackend` used here. */
type NodeBackend = {
  binding: Binding;
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): Tensor;
  getInputTensorIds(tensors: Tensor[]): number[];
  summaryWriter(folder: string): Tensor;
  createSummaryFileWriter(
    writer: Tensor,
    folder: string,
    maxQueue: number,
    flushMillis: number,
    suffix: string,
  ): void;
  writeScalarSummary(writer: Tensor, step: number, name: string, value: number): void;
  flushSummaryWriter(writer: Tensor): void;
};

let active: NodeBackend | null = null;

/** Opens the library in `folder` and makes it tfjs' backend. */
export async function activateTensorFlow(folder: string, layout: ThreadLayout): Promise<Binding> {
  // The kernels still call a function that newer Node APIs dropped.
  const util = nodeUtil as unknown as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  const binding = createBinding(openRuntime(folder, layout));
  const { NodeJSKernelBackend } = require(
    "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js",
  );
  require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js");
  const backend = new NodeJSKernelBackend(binding, "tensorflow");
  tfjs.registerBackend("tensorflow", () => backend, 3);
  await tfjs.setBackend("tensorflow");
  active = backend;
  return binding;
}

/** The active TensorFlow backend, or null on other backends. */
export function tensorFlow(): NodeBackend | null {
  return active !== null && tfjs.getBackend() === "tensorflow" ? active : null;
}

/** The ids of tensors that are about to be used. @throws Error where one was disposed */
export function idsOf(tensors: Tensor[]): number[] {
  for (const { isDisposed, shape } of tensors) {
    if (!isDisposed) continue;
    throw new Error(`a tensor of shape [${shape}] was disposed and cannot be used again`);
  }
  return active!.getInputTensorIds(tensors);
}

/** Ops, each with a number of inputs that it takes. */
const known = new Set<string>();

/** Runs a TensorFlow op by name. Only for code that has checked `tensorFlow()`. */
export function rawOp(
  op: string,
  attributes: Attribute[],
  inputs: Tensor[],
  outputCount: number,
): Tensor[] {
  const backend = active!;
  const { binding } = backend;
  const ids = idsOf(inputs);
  const signature = `${op} ${ids.length}`;
  if (!binding.graph && !known.has(signature)) {
    requireInputs(binding.runtime, op, attributes, ids.map(binding.lookup) as EagerHandle[]);
    known.add(signature);
  }
  return binding.executeOp(op, attributes, ids, outputCount)
    .map((metadata) => {
      // tfjs has no bfloat16: between raw ops such a tensor goes by the name of float32.
      const dtype = metadata.dtype === DataType.bfloat16 ? DataType.float32 : metadata.dtype;
      return backend.createOutputTensor({ ...metadata, dtype });
    });
}

// The compute runtime: tfjs over TensorFlow's C library, with fallbacks.

/** tfjs; what it computes with is chosen by {@link useBackend}. */
export const tf: typeof import("@tensorflow/tfjs") = tfjs;
export type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";

/**
 * Copies the numbers of the float32 tensor that `compute` makes, of which nothing is left, into memory
 * that is there already. Had they new memory each time, that of a checkpoint would be left to the
 * garbage collector.
 */
export function readNumbers(compute: () => Tensor, into: Float32Array<ArrayBuffer>): void {
  tfjs.tidy(() => {
    const tensor = compute();
    const backend = tensorFlow();
    if (!backend) return into.set(tensor.dataSync());
    const [id] = idsOf([tensor]);
    backend.binding.readInto(id, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
  });
}
