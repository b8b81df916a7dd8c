/**
 * Specialist Diffusion's parts: what teaches a model a style from a few images.
 * @module
 */
export {
  augment,
  type AugmentationConfig,
  augmentationSchema,
  type Augmented,
  resizeAndRandomCrop,
  transformed,
  type TransformName,
  transformNames,
} from "./augmentation.ts";
export {
  captionAugmentation,
  type CaptionsConfig,
  captionsSchema,
  type DrawCaption,
} from "./caption_augmentation.ts";
export {
  type CaptionIndex,
  captionIndex,
  type CaptionIndexOptions,
  type EncodeTexts,
} from "./caption_index.ts";
export { type RetrievalConfig, retrievalSchema, retrieveCaptions } from "./captions.ts";
export { clipView, resizeTensor } from "./clip_view.ts";
export {
  contentLoss,
  type ContentLossConfig,
  contentLossSchema,
  type ContentStep,
  cosineDistance,
  drawUntilLastStep,
  lastOutput,
  predictedPicture,
} from "./content_loss.ts";
export { replaceSynonyms, type SynonymsOf, synonymsSchema } from "./synonyms.ts";
export { captionTemplates, fillTemplate, stylePrompt, templateSchema } from "./templates.ts";
export {
  drawTimesteps,
  type TimestepsConfig,
  timestepsSchema,
  trainedTimesteps,
} from "./timesteps.ts";
export { loadWordNet } from "./wordnet.ts";
