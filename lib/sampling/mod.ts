/**
 * From prompts to pictures.
 * @module
 */
export { denoise, type DenoiseOptions, type Denoiser } from "./denoise.ts";
export { encodePrompts, promptIds } from "./encode_prompts.ts";
export { guided } from "./guidance.ts";
export { decoderOf, denoiserOf, textEncoderOf } from "./networks.ts";
export { sample, type SampleOptions } from "./sample.ts";
export { type KeptSamples, sampleOnce } from "./sample_once.ts";
export { toImages } from "./to_images.ts";
