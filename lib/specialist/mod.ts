/**
 * Specialist Diffusion's parts, and the methods it is compared with.
 * @module
 */
export {
  captionDrawer,
  type CaptionPart,
  captionPartsOf,
  type CaptionsConfig,
  captionsSchema,
  captionTemplates,
  doubledCaptions,
  fillTemplate,
  type Rephrase,
  retrievedCaptions,
  stylePrompt,
  synonyms,
  templates,
} from "./captions.ts";
export {
  clipView,
  contentDistance,
  contentLoss,
  type ContentLossConfig,
  contentLossSchema,
  type ContentSettings,
  type ContentStep,
  drawUntilLastStep,
  lastOutput,
  meanCosineDistance,
  predictedImage,
  resizeTensor,
} from "./content_loss.ts";
export { denoisingLoss, priorPreservation } from "./denoising_loss.ts";
export {
  type Captioned,
  completeMethod,
  defineMethod,
  describeMethod,
  type Loss,
  type LossInput,
  type Method,
  type MethodContext,
  type Shots,
  type StepContext,
  trainablesOf,
} from "./method.ts";
export { describePart, type Description, type Part, type Preset } from "./part.ts";
export {
  autocontrast,
  equalize,
  flipHorizontally,
  flipVertically,
  invert,
  posterize,
  sharpen,
  solarize,
} from "./pixels.ts";
export { placed, type Placement, placementSchema } from "./placement.ts";
export { type MethodBatch, type PreparedMethod, prepareMethod } from "./prepare.ts";
export {
  emojiParts,
  emojiPreset,
  paperPreset,
  photographsPreset,
  plainParts,
  presets,
  studyPreset,
  trainingOf,
} from "./presets.ts";
export {
  dreambooth,
  full,
  lora,
  type RecipeOptions,
  specialist,
  type SpecialistOptions,
  textualInversion,
} from "./recipes.ts";
export { type MethodConfig, methodOf, methodSchema } from "./registry.ts";
export {
  type CaptionIndex,
  captionIndex,
  type CaptionIndexOptions,
  type EncodeTexts,
  retrieveCaptions,
} from "./retrieval.ts";
export { beginsEpoch, drawShots, plainCaptions, prepareShots, type Shown } from "./shots.ts";
export {
  denseTimesteps,
  releasedTimesteps,
  sparseTimesteps,
  type Timesteps,
  type TimestepsConfig,
  timestepsOf,
  timestepsSchema,
} from "./timesteps.ts";
export {
  type Addition,
  type Learned,
  type LearnedText,
  loraAdapters,
  newToken,
  textEncoder,
  type Trainable,
  unetWhere,
  wholeUnet,
} from "./trainable.ts";
export {
  doubledCaption,
  paperTransforms,
  type Transform,
  type TransformName,
  transformNames,
  type TransformsConfig,
  transformsOf,
  transformsSchema,
} from "./transforms.ts";
export { loadWordNet, replaceSynonyms, type SynonymsOf } from "./wordnet.ts";
