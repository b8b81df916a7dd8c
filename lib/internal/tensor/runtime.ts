/**
 * One TensorFlow context, and ops that run in it. Everything above speaks of handles; only this file,
 * tensors.ts and graph.ts know the C API.
 */
import { type CApi, internedCString, openLibrary, type Pointer, readCString } from "./capi.ts";
import { type Attempt, callSite, failure, type InMemory } from "./failure.ts";
import { type Attribute, AttributeType, type EagerHandle, type Handle } from "./handles.ts";
import type { ThreadLayout } from "./machine.ts";

/** An open TensorFlow library with its eager context. */
export type Runtime = {
  api: CApi;
  context: Pointer;
  status: Pointer;
  version: string;
  /** Device types present, for example `["CPU", "GPU"]`. */
  devices: string[];
  /** How many shares of a batch are computed side by side. */
  shards: number;
  inMemory: InMemory;
};

/** Loads TensorFlow from `folder` and makes an eager context whose threads work like this. */
export function openRuntime(folder: string, layout: ThreadLayout): Runtime {
  const api = openLibrary(folder);
  const status = api.TF_NewStatus();
  const options = api.TFE_NewContextOptions();
  const config = configProto(layout);
  api.TFE_ContextOptionsSetConfig(options, config, BigInt(config.length), status);
  const context = api.TFE_NewContext(options, status);
  api.TFE_DeleteContextOptions(options);
  const inMemory = { tensors: new Map(), variables: new Map() };
  const runtime: Runtime = { api, context, status, version: "", devices: [], shards: 1, inMemory };
  check(runtime, "TFE_NewContext");
  runtime.version = readCString(api, api.TF_Version());
  const list = api.TFE_ContextListDevices(context, status);
  check(runtime, "TFE_ContextListDevices");
  for (let i = 0; i < api.TF_DeviceListCount(list); i++) {
    runtime.devices.push(readCString(api, api.TF_DeviceListType(list, i, status)));
  }
  api.TF_DeleteDeviceList(list);
  if (!runtime.devices.includes("GPU")) runtime.shards = layout.shards;
  return runtime;
}

/** `tensorflow.ConfigProto` with intra_op (field 2) and inter_op (field 5) thread counts. */
function configProto({ threads, threadsPerOp }: ThreadLayout): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0x10, ...varint(threadsPerOp), 0x28, ...varint(threads)]);
}

/** A number as protocol buffers write it: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...varint(value >>> 7)];
}

/** Finds out by TensorFlow's message what in a function it was that failed. */
export type Locate = (message: string) => Attempt;

/** Throws what TensorFlow's status says. */
export function check(
  { api, status, inMemory }: Runtime,
  op: string,
  inputs: readonly Handle[] = [],
  locate: Locate = () => ({ op, inputs, site: callSite() }),
): void {
  const code = api.TF_GetCode(status);
  if (code === 0) return;
  const message = readCString(api, api.TF_Message(status));
  // Some calls say nothing where they succeed.
  api.TF_SetStatus(status, 0, internedCString(""));
  throw failure(code, message, locate(message), inMemory);
}

/** Runs `op`, which may be a function, eagerly. */
export function execute(
  runtime: Runtime,
  op: string,
  attributes: Attribute[],
  inputs: EagerHandle[],
  outputCount: number,
  locate?: Locate,
): Pointer[] {
  const { api, context, status } = runtime;
  const operation = api.TFE_NewOp(context, internedCString(op), status);
  check(runtime, op);
  try {
    for (const input of inputs) api.TFE_OpAddInput(operation, input.pointer, status);
    for (const attribute of attributes) setAttribute(runtime, operation, attribute);
    const outputs = new BigUint64Array(outputCount + 1);
    const count = new Int32Array([outputCount]);
    api.TFE_Execute(operation, outputs, count, status);
    check(runtime, op, inputs, locate);
    requireOutputs(op, outputCount, count[0]);
    return Array.from(outputs.subarray(0, outputCount));
  } finally {
    api.TFE_DeleteOp(operation);
  }
}

/** Throws where the caller counts on another number of outputs than there are. */
export function requireOutputs(op: string, expected: number, actual: number): void {
  if (actual === expected) return;
  throw new Error(
    `TensorFlow, ${op}: it has ${actual} outputs, not ${expected}\n  at ${callSite()}`,
  );
}

function setAttribute(runtime: Runtime, operation: Pointer, { name, type, value }: Attribute) {
  const { api, status } = runtime;
  const key = internedCString(name);
  switch (type) {
    case AttributeType.type:
      return api.TFE_OpSetAttrType(operation, key, value);
    case AttributeType.bool:
      return api.TFE_OpSetAttrBool(operation, key, value ? 1 : 0);
    case AttributeType.float:
      return api.TFE_OpSetAttrFloat(operation, key, value);
    case AttributeType.int:
      return Array.isArray(value)
        ? api.TFE_OpSetAttrIntList(
          operation,
          key,
          new BigInt64Array(value.map(BigInt)),
          value.length,
        )
        : api.TFE_OpSetAttrInt(operation, key, BigInt(value));
    case AttributeType.string: {
      const text = new TextEncoder().encode(value);
      return api.TFE_OpSetAttrString(operation, key, text, BigInt(text.length));
    }
    case AttributeType.shape: {
      const dims = new BigInt64Array(value.map(BigInt));
      return api.TFE_OpSetAttrShape(operation, key, dims, dims.length, status);
    }
  }
}
