/**
 * The training loop, its optimizer, losses, EMA and resume.
 * @module
 */
export { createPhases, type Phase, phaseSchema, trainingClock } from "./clock.ts";
export {
  adamWSchema,
  type EmaConfig,
  emaDecayAt,
  emaSchema,
  learningRateAt,
  type LearningRateConfig,
  learningRateSchema,
  type TrainingConfig,
  trainingSchema,
} from "./config.ts";
export { fit, type TrainingHooks, type Weights } from "./fit.ts";
export {
  denoisingErrors,
  type Diffusion,
  diffusionOf,
  minSnrWeights,
  type Noised,
  predictionErrors,
} from "./losses.ts";
export {
  type AdamW,
  type AdamWConfig,
  adamWDefaults,
  type AdamWScalars,
  clipByGlobalNorm,
  createAdamW,
  createVariables,
  disposeVariables,
  globalNorm,
  readVariables,
  updateEma,
  valueAndGradients,
  type Variables,
  zerosLike,
} from "./optimizer.ts";
export {
  fixedNoiseLoss,
  type FixedNoiseLossOptions,
  type TimestepLoss,
  timestepLosses,
} from "./fixed_noise_loss.ts";
export type { Batch, BatchState, Term, Terms, TrainingTask } from "./step.ts";
export { createEventWriter, type EventWriter, withEvents } from "./tensorboard.ts";
export { readTrainingState, writeTrainingState } from "./training_state.ts";
export type { StepNumbers } from "./update.ts";
