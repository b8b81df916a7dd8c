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
export { emaDecayAt } from "./ema_decay.ts";
export { encodeImages, fitPicture, latentsShape, normalTensor, pictureSize } from "./latents.ts";
export { learningRateAt } from "./learning_rate.ts";
export {
  denoisingErrors,
  type Diffusion,
  minSnrWeights,
  type Noised,
  priorPreservation,
} from "./losses.ts";
export { offsetNoise } from "./offset_noise.ts";
export {
  stableLoss,
  type StableLossOptions,
  type TimestepLoss,
  timestepLosses,
} from "./stable_loss.ts";
export type { Batch, BatchState, TrainingTask } from "./task.ts";
export { train, type TrainingHooks, type Weights } from "./train.ts";
export { readTrainingState, writeTrainingState } from "./training_state.ts";
