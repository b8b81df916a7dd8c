/**
 * Specialist Diffusion Lab: teach a text-to-image model a style from a few images, and find out what makes
 * that work.
 *
 * ```ts
 * import { compare, dreambooth, openLab, specialist } from "specialist";
 *
 * const lab = await openLab({ style: "openmoji" });
 * const result = await compare(lab, { paper: specialist(), DreamBooth: dreambooth() });
 * await result.show();
 * ```
 * @module
 */
export { type CalibrationOptions, gradientRatios, weightForShare } from "./calibrate.ts";
export { compare, type CompareOptions, type ComparisonResult, type Metric } from "./compare.ts";
export type { ComparedRun, ScoreRow, ScoreSummary, SummaryEstimate } from "./comparison.ts";
export { type ComparedScore, compareRuns, type RunDifference } from "./compare_runs.ts";
export {
  createRandom,
  drawSvg,
  type Image,
  plainImage,
  type Random,
  readImage,
  resize,
  writePng,
} from "./data/mod.ts";
export { sample, type SampleOptions } from "./diffusion/mod.ts";
export { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
export type { Judge, Subject } from "./evaluation/mod.ts";
export { UserError } from "./internal/runtime/mod.ts";
export { type Tensor, tf } from "./internal/tensor/mod.ts";
export { dataHashes, type Lab, type LabOptions, loadStyle, openLab, presetFor } from "./lab.ts";
export { loadStableDiffusion, saveStableDiffusion, withAdditions } from "./models/mod.ts";
export {
  contentGradientMaps,
  createTraining,
  draw,
  drawTrajectories,
  interruptSignal,
  previewShots,
  previewTimesteps,
  showFigure,
  showImages,
  showScores,
  showSideBySide,
  showTable,
  showText,
  startNotebook,
  useContentLoss,
} from "./notebook/mod.ts";
export {
  autocontrast,
  captionTemplates,
  contentLoss,
  defineMethod,
  denoisingLoss,
  denseTimesteps,
  doubledCaption,
  doubledCaptions,
  dreambooth,
  emojiPreset,
  equalize,
  flipHorizontally,
  flipVertically,
  full,
  invert,
  loadWordNet,
  lora,
  loraAdapters,
  type Loss,
  type LossInput,
  type Method,
  newToken,
  paperPreset,
  paperTransforms,
  photographsPreset,
  placed,
  type Placement,
  posterize,
  type Preset,
  presets,
  priorPreservation,
  releasedTimesteps,
  retrieveCaptions,
  retrievedCaptions,
  sharpen,
  type Shots,
  solarize,
  sparseTimesteps,
  specialist,
  type StepContext,
  studyPreset,
  stylePrompt,
  synonyms,
  templates,
  textEncoder,
  textualInversion,
  type Timesteps,
  type Trainable,
  type Transform,
  unetWhere,
  wholeUnet,
} from "./specialist/mod.ts";
export { completeTrainConfig, presetLayer, presetOf, presetPaths } from "./train_preset.ts";
export { fixedNoiseLoss, timestepLosses } from "./training/mod.ts";
export { runIdentity, runSubjects } from "./run_identity.ts";
export {
  findRun,
  findRuns,
  type FoundRun,
  type RunQuery,
  type RunRow,
  runRow,
  type RunScoreName,
  runScores,
} from "./runs.ts";
export { type FinishedRun, runTraining, train, type TrainOptions } from "./train.ts";
export {
  evaluationSchema,
  type LabConfig,
  labSchema,
  modelDescription,
  runSchema,
  samplingSchema,
  type TrainConfig,
  trainSchema,
} from "./train_config.ts";
export { additionFiles, trainedIn } from "./train_outputs.ts";
