/**
 * One trainer for everything that is trained.
 * @module
 */
export {
  adamWSchema,
  type EmaConfig,
  emaSchema,
  type LearningRateConfig,
  learningRateSchema,
  type TrainingConfig,
  trainingSchema,
} from "./config.ts";
export { createPhases, type Phase, trainingClock } from "./clock.ts";
export { emaDecayAt } from "./ema_decay.ts";
export { learningRateAt } from "./learning_rate.ts";
export {
  denoisingErrors,
  type Diffusion,
  diffusionOf,
  minSnrWeights,
  type Noised,
  predictionErrors,
} from "./losses.ts";
export {
  stableLoss,
  type StableLossOptions,
  type TimestepLoss,
  timestepLosses,
} from "./stable_loss.ts";
export type { Batch, BatchState, Term, Terms, TrainingTask } from "./task.ts";
export { fit, type TrainingHooks, type Weights } from "./fit.ts";
export type { StepNumbers } from "./update.ts";
export { readTrainingState, writeTrainingState } from "./training_state.ts";
