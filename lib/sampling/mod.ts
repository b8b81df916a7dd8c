/**
 * From prompts to images.
 * @module
 */
export { denoise, type DenoiseOptions, type Predict } from "./denoise.ts";
export { encodeGuided, guided } from "./guidance.ts";
export { decoderOf, guidedPredictorOf } from "./networks.ts";
export { sample, type SampleOptions } from "./sample.ts";
export { type CachedSamples, sampleCached } from "./sample_cached.ts";
export { toImages } from "./to_images.ts";
