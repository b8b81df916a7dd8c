import { bfloatsToFloats, floatsToBfloats, floatsToHalf } from "./half_precision.ts";

/** A tensor's numbers in memory. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** How numbers of one type are stored, little-endian, and what they are in memory. */
type Dtype = {
  bytes: number;
  decode: (buffer: ArrayBuffer) => Numbers;
  /** @throws RangeError on a number that the type cannot hold */
  encode: (data: ArrayLike<number>) => ArrayBufferView<ArrayBuffer>;
};

/** The types of the safetensors format. Half precision becomes float32, int64 becomes int32. */
export const dtypes = {
  F64: {
    bytes: 8,
    decode: (buffer) => new Float64Array(buffer),
    encode: (data) => new Float64Array(data),
  },
  F32: {
    bytes: 4,
    decode: (buffer) => new Float32Array(buffer),
    encode: (data) =>
      data instanceof Float32Array && data.buffer instanceof ArrayBuffer
        ? data as Float32Array<ArrayBuffer>
        : new Float32Array(data),
  },
  F16: {
    bytes: 2,
    decode: (buffer) => new Float32Array(new Float16Array(buffer)),
    encode: floatsToHalf,
  },
  BF16: {
    bytes: 2,
    decode: (buffer) => bfloatsToFloats(new Uint16Array(buffer)),
    encode: floatsToBfloats,
  },
  I64: {
    bytes: 8,
    decode: lowWords,
    encode: (data) => BigInt64Array.from(Array.from(data), BigInt),
  },
  I32: {
    bytes: 4,
    decode: (buffer) => new Int32Array(buffer),
    encode: (data) => exactly(Int32Array, data),
  },
  I16: {
    bytes: 2,
    decode: (buffer) => new Int16Array(buffer),
    encode: (data) => exactly(Int16Array, data),
  },
  I8: {
    bytes: 1,
    decode: (buffer) => new Int8Array(buffer),
    encode: (data) => exactly(Int8Array, data),
  },
  U8: {
    bytes: 1,
    decode: (buffer) => new Uint8Array(buffer),
    encode: (data) => exactly(Uint8Array, data),
  },
  BOOL: {
    bytes: 1,
    decode: (buffer) => new Uint8Array(buffer),
    encode: (data) => exactly(Uint8Array, data),
  },
} as const satisfies Record<string, Dtype>;

export type DtypeName = keyof typeof dtypes;

export const dtypeNames = Object.keys(dtypes) as [DtypeName, ...DtypeName[]];

/** The lower halves of 64-bit numbers, which are all where the upper ones repeat the sign. */
function lowWords(buffer: ArrayBuffer): Int32Array {
  const words = new Int32Array(buffer);
  const low = new Int32Array(words.length / 2);
  for (let i = 0; i < low.length; i++) {
    low[i] = words[2 * i];
    if (words[2 * i + 1] !== low[i] >> 31) {
      throw new RangeError(`${new BigInt64Array(buffer, 8 * i, 1)[0]} is beyond Int32Array`);
    }
  }
  return low;
}

function exactly<T extends Numbers>(
  array: new (data: ArrayLike<number>) => T,
  data: ArrayLike<number>,
): T {
  const stored = new array(data);
  for (let i = 0; i < stored.length; i++) {
    if (stored[i] !== data[i]) throw new RangeError(`${data[i]} is beyond ${array.name}`);
  }
  return stored;
}
