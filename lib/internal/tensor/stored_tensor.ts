import type { Tensor } from "@tensorflow/tfjs";
import { tensorFlow, tfjs as tf } from "./backend.ts";
import { attr, type Attribute, DataType, type EagerHandle } from "./handles.ts";
import { execute, type Runtime } from "./runtime.ts";
import { describe, eagerTensor, filledEagerTensor, readTensor } from "./tensors.ts";

/** Numbers that lie in a file, or elsewhere outside of the backend. */
export type StoredNumbers = {
  /** As they are stored. */
  shape: number[];
  type: "float64" | "float32" | "float16" | "bfloat16";
  /** The tensor's axes, each by its place in `shape`; the same ones without. */
  axes?: number[];
  /** Writes as many of the bytes as there is room for, from `offset` on; little-endian. */
  fill(bytes: Uint8Array<ArrayBuffer>, offset: number): void;
  /** The numbers, converted. @throws what is to be thrown where float32 does not hold one of them */
  values(): Float32Array;
  /** Called once, when the numbers are in memory or can no longer be needed. */
  done(): void;
};

/**
 * A float32 tensor of stored numbers. On TensorFlow they are read when an op first needs them, which
 * throws what reading throws: what is never used costs nothing, and no two tensors are converted
 * at the same time. Elsewhere they are read at once.
 */
export function storedTensor(stored: StoredNumbers): Tensor {
  const { shape, axes, values, done } = stored;
  const backend = tensorFlow();
  if (backend) {
    const { binding } = backend;
    return backend.createOutputTensor(binding.metadata({
      shape: axes ? axes.map((axis) => shape[axis]) : shape,
      dtype: DataType.float32,
      make: () => readStored(binding.runtime, stored),
      done,
    }));
  }
  try {
    return tf.tidy(() => {
      const tensor = tf.tensor(values(), shape);
      return axes ? tf.transpose(tensor, axes) : tensor;
    });
  } finally {
    done();
  }
}

/** Eager ops, whether or not a graph is being traced. */
function readStored(runtime: Runtime, numbers: StoredNumbers): EagerHandle {
  const { shape, type, axes, fill, values } = numbers;
  const stored = DataType[type];
  let handle = filledEagerTensor(runtime, shape, stored, fill);
  const become = (op: string, attributes: Attribute[], ...more: EagerHandle[]) => {
    const inputs = [handle, ...more];
    try {
      handle = resultOf(runtime, op, attributes, inputs);
    } finally {
      for (const input of inputs) free(runtime, input);
    }
  };
  if (axes) {
    const order = eagerTensor(runtime, [axes.length], DataType.int32, axes);
    become("Transpose", [attr.type("T", stored), attr.type("Tperm", DataType.int32)], order);
  }
  if (stored !== DataType.float32) {
    become("Cast", [
      attr.type("SrcT", stored),
      attr.type("DstT", DataType.float32),
      attr.bool("Truncate", false),
    ]);
  }
  // All cores add up. A sum that is not finite is that of a number that is not, or of huge ones: only
  // then is each looked at.
  try {
    if (!Number.isFinite(sumOf(runtime, handle))) values();
  } catch (error) {
    free(runtime, handle);
    throw error;
  }
  return handle;
}

function sumOf(runtime: Runtime, handle: EagerHandle): number {
  const { shape } = handle;
  const attributes = [
    attr.type("T", DataType.float32),
    attr.type("Tidx", DataType.int32),
    attr.bool("keep_dims", false),
  ];
  using owned = new DisposableStack();
  const own = (handle: EagerHandle) => owned.adopt(handle, () => free(runtime, handle));
  const axes = own(eagerTensor(runtime, [shape.length], DataType.int32, [...shape.keys()]));
  const sum = own(resultOf(runtime, "Sum", attributes, [handle, axes]));
  return new Float32Array(readTensor(runtime, sum))[0];
}

/** What an eager op with one output makes of its inputs. */
function resultOf(
  runtime: Runtime,
  op: string,
  attributes: Attribute[],
  inputs: EagerHandle[],
): EagerHandle {
  const [pointer] = execute(runtime, op, attributes, inputs, 1);
  return describe(runtime, pointer);
}

function free({ api }: Runtime, { pointer }: EagerHandle): void {
  api.TFE_DeleteTensorHandle(pointer);
}

// A batch's shares: the parts that are computed side by side, each by threads of its own.
//
// The usual way shares out each op among all threads, who wait for each other at its end. In a small
// network an op takes less time than that. Where a batch has several samples, every thread does
// better with some of them from the first op to the last.

/**
 * What `fn` makes of a batch, in as many shares as the backend works on at a time. `fn` has to treat
 * each sample by itself.
 *
 * @param batched tensors [n, ...], which `fn` is given a share of each
 * @returns the shares' results, one after the other: [n, ...]
 */
export function inShards(fn: (...shares: Tensor[]) => Tensor, ...batched: Tensor[]): Tensor {
  const n = batched[0].shape[0];
  const shards = Math.min(tensorFlow()?.binding.runtime.shards ?? 1, n);
  if (shards === 1) return fn(...batched);
  const sizes = Array.from(
    { length: shards },
    (_, i) => Math.floor(n * (i + 1) / shards) - Math.floor(n * i / shards),
  );
  const shares = batched.map((x) => tf.split(x, sizes, 0));
  return tf.concat(sizes.map((_, i) => fn(...shares.map((share) => share[i]))), 0);
}
