/**
 * Noise schedules, samplers, guidance and sampling.
 * @module
 */
export { createScheduler, type Sampler, samplerOf, samplers } from "./create_scheduler.ts";
export { createDdim } from "./ddim.ts";
export { createDdpm } from "./ddpm.ts";
export {
  decoderOf,
  denoise,
  type DenoiseOptions,
  encodeGuided,
  guided,
  guidedPredictorOf,
  type Predict,
} from "./denoise.ts";
export { createDpmSolver } from "./dpm_solver.ts";
export { createEuler } from "./euler.ts";
export {
  addNoise,
  type NoiseLevel,
  noiseLevel,
  noiseLevels,
  predictEpsilon,
  predictX0,
  snr,
  velocity,
} from "./forward_process.ts";
export { createPndm } from "./pndm.ts";
export {
  reconstruct,
  sample,
  type SampleCache,
  sampleCached,
  type SampleOptions,
  toImages,
} from "./sample.ts";
export type { Scheduler, SigmaScheduler } from "./scheduler.ts";
