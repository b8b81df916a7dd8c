/**
 * Seeded random numbers, the same on every machine, forked by purpose and step.
 * @module
 */
export { normalTensor, offsetNoise } from "./normal_tensor.ts";
export { createRandom, type Random } from "./random.ts";
export { createStreams, type Streams } from "./streams.ts";
