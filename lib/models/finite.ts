/** Weights that float32 holds: one that is infinite, or no number, makes every picture black. */
import type { DtypeName } from "./dtypes.ts";

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
