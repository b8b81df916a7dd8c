import { seedWords, xoshiro128 } from "./xoshiro128.ts";

/** A stream of random numbers that its seed alone decides, on every machine. */
export type Random = {
  /** Uniform in [0, 1), with 53 bits. */
  next(): number;
  /** Uniform whole number in [0, n). */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** One of `list`, each as likely. */
  choice<T>(list: readonly T[]): T;
  /** A shuffled copy of `list`. */
  shuffle<T>(list: readonly T[]): T[];
  /** An independent stream for `label`, whatever has been drawn from this one. */
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
