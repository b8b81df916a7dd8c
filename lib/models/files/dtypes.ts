/** Number formats in safetensors: float16, bfloat16, float32 and the integers. */

const maxFloat16 = 65504;

/**
 * Rounds to the nearest float16, ties to even.
 *
 * @throws RangeError on a finite number that float16 cannot hold
 */
export function floatsToHalf(data: ArrayLike<number>): Float16Array<ArrayBuffer> {
  const half = new Float16Array(data);
  for (let i = 0; i < half.length; i++) {
    if (Math.abs(half[i]) === Infinity && Number.isFinite(data[i])) {
      throw new RangeError(`${data[i]} is beyond float16, which ends at ±${maxFloat16}`);
    }
  }
  return half;
}

/** A bfloat16 is the upper half of a float32. */
export function bfloatsToFloats(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return new Float32Array(words.buffer);
}

/** Rounds to the nearest bfloat16, ties to even, and gives its bits. */
export function floatsToBfloats(data: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(Float32Array.from(data).buffer);
  return Uint16Array.from(bits, (word, i) => {
    if (Number.isNaN(data[i])) return 0x7fc0;
    const isOdd = word >>> 16 & 1;
    return word + 0x7fff + isOdd >>> 16;
  });
}

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

// Weights that float32 holds: one that is infinite, or no number, makes every image black.

/**
 * The words in which a type's numbers lie, the exponent in the last one of each number (IEEE 754): the
 * bits of it, and what they are in a number that is too large.
 */
const exponents = {
  F64: { Words: Uint32Array, words: 2, bits: 0x7ff00000, tooLarge: 0x47f00000 }, // 2¹²⁸
  F32: { Words: Uint32Array, words: 1, bits: 0x7f800000, tooLarge: 0x7f800000 },
  F16: { Words: Uint16Array, words: 1, bits: 0x7c00, tooLarge: 0x7c00 },
  BF16: { Words: Uint16Array, words: 1, bits: 0x7f80, tooLarge: 0x7f80 },
};

/** `bytes` as they are. @throws Error if float32 does not hold one of the numbers stored in them */
export function requireFinite(
  dtype: DtypeName,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (!isFloat(dtype)) return bytes;
  const { Words, words, bits, tooLarge } = exponents[dtype];
  const all = new Words(bytes.buffer, bytes.byteOffset, bytes.length / Words.BYTES_PER_ELEMENT);
  for (let i = words - 1; i < all.length; i += words) {
    if ((all[i] & bits) >= tooLarge) {
      throw new Error("a number is infinite, or none at all");
    }
  }
  return bytes;
}

function isFloat(dtype: DtypeName): dtype is keyof typeof exponents {
  return Object.hasOwn(exponents, dtype);
}
