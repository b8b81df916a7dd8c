/**
 * The networks as functions of named parameters, their tokenizers, and the files they are stored in.
 * @module
 */
export { gelu, quickGelu, silu } from "./activations.ts";
export {
  type LearnedWord,
  loadEmbedding,
  saveEmbedding,
  withWord,
} from "./adapters/learned_word.ts";
export {
  type Additions,
  disposeAdditions,
  type ModelWithAdditions,
  withAdditions,
} from "./adapters/additions.ts";
export {
  loadLora,
  type LoraAdapters,
  type LoraWeights,
  saveLora,
  withLora,
} from "./adapters/lora_file.ts";
export { convertToKohya } from "./adapters/lora_names.ts";
export { type Origin, originMetadata } from "./adapters/origin.ts";
export { attention, multiHeadAttention } from "./attention.ts";
export type { Backbone, Decoder, Denoiser } from "./backbone.ts";
export {
  type Clip,
  clipImageEmbeddings,
  clipSpecs,
  clipTextEmbeddings,
  embedImages,
  embedTexts,
  loadClip,
  normalizeRows,
  patchFeatures,
  saveClip,
} from "./clip/clip.ts";
export {
  type ClipConfig,
  clipConfigSchema,
  type ClipTextConfig,
  clipTextConfigSchema,
  type ClipVisionConfig,
  clipVisionConfigSchema,
} from "./clip/config.ts";
export {
  clipText,
  type ClipTextOutput,
  clipTextSpecs,
  clipVision,
  type ClipVisionOutput,
  clipVisionSpecs,
} from "./clip/encoders.ts";
export { loadParams } from "./files/load_params.ts";
export { initParams, saveParams } from "./files/parameters.ts";
export {
  type ArrayToWrite,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from "./files/safetensors.ts";
export { checkpointed, withGradientCheckpointing } from "./gradient_checkpointing.ts";
export {
  block,
  conv,
  embedding,
  frozen,
  interpolate,
  type Layer,
  linear,
  mergeAddedRows,
  param,
  parameter,
  type ParameterSpecs,
  type Params,
  prefixed,
  scoped,
  sequence,
} from "./layers.ts";
export {
  type ContentJudge,
  judgeFeatures,
  judgeImages,
  type Judges,
  judgeTexts,
  loadJudges,
  saveJudges,
  type StyleJudge,
} from "./judges/judges.ts";
export {
  type ContentJudgeConfig,
  contentJudgeSpecs,
  imageTower,
  type ImageTowerConfig,
  imageTowerSchema,
  imageTowerSpecs,
  type StyleJudgeConfig,
  textTower,
  unitRows,
} from "./judges/towers.ts";
export { createLora, loraDelta, loraScales, type LoraShape, mergeLora } from "./lora.ts";
export {
  createNoiseSchedule,
  type NoiseSchedule,
  parseSchedulerConfig,
  type PredictionType,
  readSchedulerConfig,
  type SchedulerConfig,
  schedulerConfigSchema,
  sigmasOf,
  stableDiffusionV1Scheduler,
} from "./noise_schedule.ts";
export { groupNorm, layerNorm } from "./norm.ts";
export { normalTensor, offsetNoise } from "./normal_tensor.ts";
export {
  loadStableDiffusion,
  loadVae,
  saveStableDiffusion,
  writeStableDiffusion,
  writeVae,
} from "./stable_diffusion/load.ts";
export { loadSingleFile, saveSingleFile, singleFileNames } from "./stable_diffusion/single_file.ts";
export {
  type Architecture,
  createStableDiffusion,
  encodeImages,
  encodePrompts,
  type Model,
  modelAtSize,
  promptIds,
  type StableDiffusion,
  type StableDiffusionParts,
  stableDiffusionV1,
} from "./stable_diffusion/stable_diffusion.ts";
export { trainBpe } from "./tokenizer/bpe.ts";
export { createTokenizer, type Tokenizer } from "./tokenizer/clip_tokenizer.ts";
export { loadTokenizer } from "./tokenizer/files.ts";
export { headsOfLevels, type UnetConfig, unetConfigSchema } from "./unet/config.ts";
export { unet, unetSpecs } from "./unet/unet.ts";
export {
  decode,
  encode,
  type Posterior,
  samplePosterior,
  type VaeConfig,
  vaeConfigSchema,
  vaeSpecs,
} from "./vae.ts";
