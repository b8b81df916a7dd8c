/**
 * Random streams that are forked by purpose and step.
 *
 * Each thing that a step draws (its captions, its noise, …) has a stream of its own, which the seed,
 * the purpose and the step alone decide. So switching a part off, or adding one, leaves all other
 * draws as they are, bit by bit; and a run resumes from nothing but its seed and its step.
 */
import { createRandom, type Random } from "./random.ts";

/** The streams of one step. */
export type Streams = {
  /** Which step this is, from 0. */
  step: number;
  /**
   * The stream for a purpose, always from its start.
   *
   * @param purpose such as "noise", "captions" or "loss content"
   * @param index this step by default; a number of its own for what lasts longer, such as an epoch
   */
  at(purpose: string, index?: number): Random;
};

/**
 * The streams of step `step` of whatever `seed` decides.
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
