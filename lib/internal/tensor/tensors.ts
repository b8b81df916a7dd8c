/** Eager tensors, and the memory that they lie in. */
import { formatBytes, sizeOf } from "../runtime/mod.ts";
import { type Pointer, readMemory, writeMemory } from "./capi.ts";
import { callSite, OutOfMemoryError } from "./failure.ts";
import { bytesPerElement, DataType, type EagerHandle, type Values } from "./handles.ts";
import { check, type Runtime } from "./runtime.ts";

/** Tensors of at most this many elements are constants in the graphs that use them. */
const constantLimit = 64;

/** The bytes of `values` as TensorFlow stores `dtype`. */
function toBytes(dtype: number, values: Values): Uint8Array<ArrayBuffer> {
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
  return new Uint8Array(
    converted.buffer as ArrayBuffer,
    converted.byteOffset,
    converted.byteLength,
  );
}

/** A new `TF_Tensor`, which the caller deletes, and where its elements lie. */
type Allocated = { tensor: Pointer; data: Pointer; length: number };

function allocateTensor({ api, inMemory }: Runtime, shape: number[], dtype: number): Allocated {
  const length = sizeOf(shape) * bytesPerElement[dtype];
  const dims = new BigInt64Array(shape.map(BigInt));
  const tensor = api.TF_AllocateTensor(dtype, dims, shape.length, BigInt(length));
  const data = tensor === 0n ? 0n : api.TF_TensorData(tensor);
  if (data === 0n && length > 0) {
    if (tensor !== 0n) api.TF_DeleteTensor(tensor);
    const attempt = { op: "a new tensor", inputs: [{ dtype, shape }], site: callSite() };
    throw new OutOfMemoryError(attempt, `no room for ${formatBytes(length)}`, inMemory);
  }
  return { tensor, data, length };
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
  const { tensor, data, length } = allocateTensor(runtime, shape, dtype);
  if (length !== source.length) {
    runtime.api.TF_DeleteTensor(tensor);
    throw new Error(`a tensor of shape [${shape}] takes ${length} bytes, got ${source.length}`);
  }
  writeMemory(runtime.api, data, source);
  return tensor;
}

/** Strings of more than 22 bytes keep memory of their own, which is not given back: for a few only. */
function newStringTensor(
  runtime: Runtime,
  shape: number[],
  strings: readonly Uint8Array<ArrayBuffer>[],
): Pointer {
  const { api } = runtime;
  const { tensor, data } = allocateTensor(runtime, shape, DataType.string);
  strings.forEach((text, i) => {
    const place = data + BigInt(i * bytesPerElement[DataType.string]);
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
  const small = sizeOf(shape) <= constantLimit;
  return { ...handle, ...(small && { values }) };
}

/** How many bytes `filledEagerTensor` asks for at a time: few enough to stay in a processor's cache. */
const pieceLength = 2 ** 20;
const piece = new Uint8Array(pieceLength);

/** An eager tensor whose memory `fill` writes, from its beginning to its end. */
export function filledEagerTensor(
  runtime: Runtime,
  shape: number[],
  dtype: number,
  fill: (bytes: Uint8Array<ArrayBuffer>, offset: number) => void,
): EagerHandle {
  const { tensor, data, length } = allocateTensor(runtime, shape, dtype);
  try {
    for (let offset = 0; offset < length; offset += pieceLength) {
      const bytes = piece.subarray(0, Math.min(pieceLength, length - offset));
      fill(bytes, offset);
      writeMemory(runtime.api, data + BigInt(offset), bytes);
    }
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

/** Copies an eager tensor's bytes out, into `bytes` where given, which has room for just as many. */
export function readTensor(
  runtime: Runtime,
  handle: EagerHandle,
  bytes?: Uint8Array<ArrayBuffer>,
): ArrayBuffer {
  const { api, status } = runtime;
  const tensor = api.TFE_TensorHandleResolve(handle.pointer, status);
  check(runtime, "TFE_TensorHandleResolve");
  try {
    const length = Number(api.TF_TensorByteSize(tensor));
    const room = bytes ?? new Uint8Array(length);
    if (room.length !== length) {
      throw new Error(`${length} bytes, not ${room.length}, were to be read`);
    }
    readMemory(api, api.TF_TensorData(tensor), room);
    return room.buffer;
  } finally {
    api.TF_DeleteTensor(tensor);
  }
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
