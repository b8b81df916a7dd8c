const largestHalf = 65504;

/**
 * Rounds to the nearest float16, ties to even.
 *
 * @throws RangeError on a finite number that float16 cannot hold
 */
export function floatsToHalf(data: ArrayLike<number>): Float16Array<ArrayBuffer> {
  const half = new Float16Array(data);
  for (let i = 0; i < half.length; i++) {
    if (Math.abs(half[i]) === Infinity && Number.isFinite(data[i])) {
      throw new RangeError(`${data[i]} is beyond float16, which ends at ±${largestHalf}`);
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
