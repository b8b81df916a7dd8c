/**
 * Styles, the emoji benchmark, captions, images and random streams.
 * @module
 */
export { emojiCorpusFile, readCaptionCorpus } from "./caption_lists.ts";
export { type Captioner, obtainCaptioner, startCaptioner } from "./captioner.ts";
export {
  clipPreprocess,
  type ClipPreprocessor,
  clipPreprocessorSchema,
  readClipPreprocessor,
} from "./clip_preprocess.ts";
export {
  itemCaptions,
  itemKeywords,
  makeCaptionCorpus,
  readCorpusParaphrases,
  readTrainingParaphrases,
} from "./emoji/captions.ts";
export type { Concept } from "./emoji/concepts.ts";
export { type Emoji, type EmojiImages, loadEmoji } from "./emoji/load.ts";
export { promptFiles, type Prompts, readPrompts, templateSchema } from "./emoji/prompts.ts";
export type { EmojiSet } from "./emoji/sets.ts";
export { shipEmoji, shotSetsOf } from "./emoji/ship.ts";
export {
  baseTrainingConcepts,
  checkSplits,
  makeSplits,
  readSplits,
  type SplitName,
  splitNames,
  type Splits,
  splitsFile,
  writeSplits,
} from "./emoji/splits.ts";
export { type Image, imageGrid, plainImage } from "./image.ts";
export {
  decodeImage,
  drawSvg,
  encodeJpeg,
  encodePng,
  maxPixels,
  readImage,
  type ReadImageOptions,
  writePng,
} from "./image_files.ts";
export { createRandom, createStreams, type Random, type Streams } from "./random.ts";
export {
  type Arithmetic,
  type Box,
  centerCrop,
  crop,
  fitImage,
  type Resampling,
  resize,
  resizeAndRandomCrop,
  resizeMatrix,
  type ResizeMatrixOptions,
  resizeShortestEdge,
} from "./resize.ts";
export {
  baseModelFolder,
  readStyleFolder,
  shippedStyles,
  type Shot,
  type ShotFile,
  shotSetCount,
  type Style,
  styleFolderOf,
  uncaptionedImages,
  writeCaption,
} from "./style_folder.ts";
