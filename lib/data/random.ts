/** Random streams: reproducible, and forked by purpose. */

/** A stream of random numbers that depends on its seed alone, on every machine. */
export type Random = {
  /** Uniform in [0, 1), with 53 bits. */
  next(): number;
  /** Uniform whole number in [0, n). */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** An element of `list`, each equally likely. */
  choice<T>(list: readonly T[]): T;
  /** A shuffled copy of `list`. */
  shuffle<T>(list: readonly T[]): T[];
  /** An independent stream for `label`; it does not depend on what was drawn from this one. */
  fork(label: string): Random;
};

/**
 * The stream of `seed`.
 *
 * ```ts
 * const random = createRandom(7);
 * const timesteps = random.fork("timesteps");
 * timesteps.integer(1000);
 * ```
 */
export function createRandom(seed: number | string): Random {
  const root = `${seed}`;
  const words = seedWords(root);

  const random: Random = {
    next() {
      const high = xoshiro128(words) >>> 5;
      const low = xoshiro128(words) >>> 6;
      return (high * 2 ** 26 + low) / 2 ** 53;
    },
    integer(n) {
      if (!Number.isInteger(n) || n < 1) {
        throw new RangeError(`integer(n) needs a whole number n of at least 1, not ${n}`);
      }
      return Math.floor(random.next() * n);
    },
    normal() {
      // Box and Muller's transform; 1 - next() is never zero.
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return radius * Math.cos(2 * Math.PI * random.next());
    },
    choice(list) {
      if (list.length === 0) throw new RangeError("choice needs a list that is not empty");
      return list[random.integer(list.length)];
    },
    shuffle(list) {
      const shuffled = [...list];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const i = random.integer(last + 1);
        [shuffled[last], shuffled[i]] = [shuffled[i], shuffled[last]];
      }
      return shuffled;
    },
    fork: (label) => createRandom(JSON.stringify([root, label])),
  };
  return random;
}

// Random streams that are forked by purpose and step.
//
// Everything that a step draws (its captions, its noise, …) has a stream of its own, which depends
// on the seed, the purpose and the step alone. So switching a part off, or adding one, leaves all
// other draws as they are, bit by bit; and a run resumes from nothing but its seed and its step.

/** The streams of one step. */
export type Streams = {
  /** Which step this is, from 0. */
  step: number;
  /**
   * The stream for a purpose, always from its start.
   *
   * @param purpose such as "noise", "captions" or "loss content"
   * @param index this step by default; another number for what lasts longer, such as an epoch
   */
  at(purpose: string, index?: number): Random;
};

/**
 * The random streams of a step.
 *
 * ```ts
 * const streams = createStreams(0, 7);
 * streams.at("timesteps").integer(1000); // the same for every method that is trained with seed 0
 * ```
 */
export function createStreams(seed: number | string, step: number): Streams {
  const root = createRandom(seed);
  return { step, at: (purpose, index = step) => root.fork(`${purpose} ${index}`) };
}

// xoshiro128** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators").

/** Four 32-bit words, not all zero. */
export type Words = [number, number, number, number];

/** Advances `words` in place. @returns a uniform 32-bit whole number */
export function xoshiro128(words: Words): number {
  const result = Math.imul(rotateLeft(Math.imul(words[1], 5), 7), 9) >>> 0;
  const shifted = words[1] << 9;
  words[2] ^= words[0];
  words[3] ^= words[1];
  words[1] ^= words[2];
  words[0] ^= words[3];
  words[2] ^= shifted;
  words[3] = rotateLeft(words[3], 11);
  return result;
}

/** The start for a seed of any text: its FNV-1a hash, spread by splitmix32. */
function seedWords(text: string): Words {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    state = Math.imul(state ^ byte, 0x01000193);
  }
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
  return [next(), next(), next(), next()];
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
