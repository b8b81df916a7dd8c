/**
 * One TensorFlow context: eager tensors and ops. Everything above speaks of handles; only this
 * file and graph.ts know the C API.
 */
import { type CApi, cString, DataType, openLibrary, type Pointer } from "./capi.ts";
import { readCString } from "./capi.ts";

/** A value: an eager tensor, or (while tracing) one output of a graph operation. */
export type Handle = EagerHandle | GraphHandle;
export type EagerHandle = {
  kind: "eager";
  pointer: Pointer;
  shape: number[];
  dtype: number;
  /** What a small tensor was made of: a graph takes it as a constant. */
  values?: Values;
};
export type GraphHandle = {
  kind: "graph";
  operation: Pointer;
  index: number;
  shape: number[];
  dtype: number;
};

/** A value that is made when it is first needed. */
export type DeferredHandle = {
  shape: number[];
  dtype: number;
  make(): EagerHandle;
  /** Called once, when the value is made or nobody can need it any more. */
  done(): void;
};

/** An op attribute in the form tfjs' kernels write it. */
export type Attribute = {
  name: string;
  type: AttributeType;
  // deno-lint-ignore no-explicit-any -- the value's type follows `type`
  value: any;
};

/** The elements of a tensor, in row-major order; those of a string tensor are their bytes. */
export type Values = ArrayLike<number> | ArrayBufferView | readonly Uint8Array<ArrayBuffer>[];

/** What kind of value an attribute holds. */
export const AttributeType = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
} as const;
export type AttributeType = typeof AttributeType[keyof typeof AttributeType];

/** An open TensorFlow library with its eager context. */
export type Runtime = {
  api: CApi;
  context: Pointer;
  status: Pointer;
  version: string;
  /** Device types present, for example `["CPU", "GPU"]`. */
  devices: string[];
};

/** Loads TensorFlow from `folder` and makes an eager context that uses so many threads. */
export function openRuntime(folder: string, threads: number): Runtime {
  const api = openLibrary(folder);
  const status = api.TF_NewStatus();
  const options = api.TFE_NewContextOptions();
  const config = configProto(threads);
  api.TFE_ContextOptionsSetConfig(options, config, BigInt(config.length), status);
  const context = api.TFE_NewContext(options, status);
  api.TFE_DeleteContextOptions(options);
  const runtime: Runtime = { api, context, status, version: "", devices: [] };
  check(runtime, "TFE_NewContext");
  runtime.version = readCString(api.TF_Version());
  const list = api.TFE_ContextListDevices(context, status);
  check(runtime, "TFE_ContextListDevices");
  for (let i = 0; i < api.TF_DeviceListCount(list); i++) {
    runtime.devices.push(readCString(api.TF_DeviceListType(list, i, status)));
  }
  api.TF_DeleteDeviceList(list);
  return runtime;
}

/** `tensorflow.ConfigProto` with intra_op (field 2) and inter_op (field 5) thread counts. */
function configProto(threads: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0x10, ...varint(threads), 0x28, ...varint(threads)]);
}

/** A number as protocol buffers write it: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...varint(value >>> 7)];
}

/** Throws what TensorFlow's status says, naming the op that was being run. */
export function check({ api, status }: Runtime, what: string): void {
  if (api.TF_GetCode(status) !== 0) {
    throw new Error(`TensorFlow, ${what}: ${readCString(api.TF_Message(status))}`);
  }
}

const bytesPerElement: Record<number, number> = {
  [DataType.float64]: 8,
  [DataType.float32]: 4,
  [DataType.float16]: 2,
  [DataType.bfloat16]: 2,
  [DataType.int32]: 4,
  [DataType.uint8]: 1,
  [DataType.string]: 24, // sizeof(TF_TString)
  [DataType.complex64]: 8,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
};

/** The bytes of `values` as TensorFlow stores `dtype`. */
function toBytes(dtype: number, values: Values): Uint8Array {
  const typed = ArrayBuffer.isView(values) ? values : undefined;
  const matches = typed !== undefined && (
    ((dtype === DataType.float32 || dtype === DataType.complex64) &&
      typed instanceof Float32Array) ||
    // tfjs passes an int64 scalar as its two 32-bit halves.
    ((dtype === DataType.int32 || dtype === DataType.int64) && typed instanceof Int32Array) ||
    ((dtype === DataType.bool || dtype === DataType.uint8) && typed instanceof Uint8Array)
  );
  const converted = matches
    ? typed
    : dtype === DataType.float32
    ? Float32Array.from(values as ArrayLike<number>)
    : dtype === DataType.int32
    ? Int32Array.from(values as ArrayLike<number>)
    : Uint8Array.from(values as ArrayLike<number>);
  return new Uint8Array(converted.buffer, converted.byteOffset, converted.byteLength);
}

/** A new `TF_Tensor`, which the caller deletes, and its memory, to be written to. */
function allocateTensor(
  { api }: Runtime,
  shape: number[],
  dtype: number,
): { tensor: Pointer; bytes: Uint8Array<ArrayBuffer> } {
  const length = shape.reduce((a, b) => a * b, 1) * bytesPerElement[dtype];
  const dims = new BigInt64Array(shape.map(BigInt));
  const tensor = api.TF_AllocateTensor(dtype, dims, shape.length, BigInt(length));
  if (tensor === null) {
    throw new Error(`out of memory: no room for a tensor of shape [${shape}]`);
  }
  const data = length > 0
    ? Deno.UnsafePointerView.getArrayBuffer(api.TF_TensorData(tensor)!, length)
    : new ArrayBuffer(0);
  return { tensor, bytes: new Uint8Array(data) };
}

/** Copies `values` into a new `TF_Tensor`; the caller deletes it. */
export function newTensor(
  runtime: Runtime,
  shape: number[],
  dtype: number,
  values: Values,
): Pointer {
  if (dtype === DataType.string) {
    return newStringTensor(runtime, shape, values as readonly Uint8Array<ArrayBuffer>[]);
  }
  const source = toBytes(dtype, values);
  const { tensor, bytes } = allocateTensor(runtime, shape, dtype);
  if (bytes.length !== source.length) {
    runtime.api.TF_DeleteTensor(tensor);
    throw new Error(
      `a tensor of shape [${shape}] takes ${bytes.length} bytes, got ${source.length}`,
    );
  }
  bytes.set(source);
  return tensor;
}

/** Strings of more than 22 bytes keep memory of their own, which is not given back: for a few only. */
function newStringTensor(
  runtime: Runtime,
  shape: number[],
  strings: readonly Uint8Array<ArrayBuffer>[],
): Pointer {
  const { api } = runtime;
  const { tensor } = allocateTensor(runtime, shape, DataType.string);
  const data = api.TF_TensorData(tensor)!;
  strings.forEach((text, i) => {
    const place = Deno.UnsafePointer.offset(data, i * bytesPerElement[DataType.string]);
    api.TF_StringInit(place);
    api.TF_StringCopy(place, text, BigInt(text.length));
  });
  return tensor;
}

/** An eager tensor holding `values`. */
export function eagerTensor(
  runtime: Runtime,
  shape: number[],
  dtype: number,
  values: Values,
): EagerHandle {
  const handle = eagerHandle(runtime, newTensor(runtime, shape, dtype, values), shape, dtype);
  const small = shape.reduce((a, b) => a * b, 1) <= constantLimit;
  return { ...handle, ...(small && { values }) };
}

/** An eager tensor whose memory `fill` writes. */
export function filledEagerTensor(
  runtime: Runtime,
  shape: number[],
  dtype: number,
  fill: (bytes: Uint8Array<ArrayBuffer>) => void,
): EagerHandle {
  const { tensor, bytes } = allocateTensor(runtime, shape, dtype);
  try {
    fill(bytes);
  } catch (error) {
    runtime.api.TF_DeleteTensor(tensor);
    throw error;
  }
  return eagerHandle(runtime, tensor, shape, dtype);
}

/** @param tensor deleted */
function eagerHandle(
  runtime: Runtime,
  tensor: Pointer,
  shape: number[],
  dtype: number,
): EagerHandle {
  const pointer = runtime.api.TFE_NewTensorHandle(tensor, runtime.status);
  runtime.api.TF_DeleteTensor(tensor);
  check(runtime, "TFE_NewTensorHandle");
  return { kind: "eager", pointer, shape, dtype };
}

/** Tensors of at most so many elements are constants in the graphs that use them. */
const constantLimit = 64;

/** Copies an eager tensor's bytes out. */
export function readTensor(runtime: Runtime, handle: EagerHandle): ArrayBuffer {
  const { api, status } = runtime;
  const tensor = api.TFE_TensorHandleResolve(handle.pointer, status);
  check(runtime, "TFE_TensorHandleResolve");
  const size = Number(api.TF_TensorByteSize(tensor));
  const bytes = size === 0
    ? new ArrayBuffer(0)
    : Deno.UnsafePointerView.getArrayBuffer(api.TF_TensorData(tensor)!, size).slice(0);
  api.TF_DeleteTensor(tensor);
  return bytes;
}

/** Wraps an eager tensor pointer, asking TensorFlow for its shape and type. */
export function describe(runtime: Runtime, pointer: Pointer): EagerHandle {
  const { api, status } = runtime;
  const dtype = api.TFE_TensorHandleDataType(pointer);
  const rank = api.TFE_TensorHandleNumDims(pointer, status);
  const shape = Array.from(
    { length: Math.max(0, rank) },
    (_, i) => Number(api.TFE_TensorHandleDim(pointer, i, status)),
  );
  return { kind: "eager", pointer, shape, dtype };
}

/** Runs `op` eagerly. */
export function execute(
  runtime: Runtime,
  op: string,
  attributes: Attribute[],
  inputs: EagerHandle[],
  outputCount: number,
): Pointer[] {
  const { api, context, status } = runtime;
  const operation = api.TFE_NewOp(context, cString(op), status);
  check(runtime, op);
  try {
    for (const input of inputs) api.TFE_OpAddInput(operation, input.pointer, status);
    for (const attribute of attributes) setAttribute(runtime, operation, attribute);
    const outputs = new BigUint64Array(outputCount + 1);
    const count = new Int32Array([outputCount]);
    api.TFE_Execute(operation, outputs, count, status);
    check(runtime, op);
    return Array.from(
      { length: outputCount },
      (_, i) => Deno.UnsafePointer.create(outputs[i]),
    );
  } finally {
    api.TFE_DeleteOp(operation);
  }
}

function setAttribute(runtime: Runtime, operation: Pointer, { name, type, value }: Attribute) {
  const { api, status } = runtime;
  const key = cString(name);
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
