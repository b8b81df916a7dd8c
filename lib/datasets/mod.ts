/**
 * Pictures with captions: style folders, the emoji benchmark, and caption corpora.
 * @module
 */
export { emojiCorpusFile, readCaptionCorpus } from "./caption_corpus.ts";
export type { Concept } from "./emoji/concepts.ts";
export { itemCaptions } from "./emoji/item_captions.ts";
export { type Emoji, loadEmoji } from "./emoji/load_emoji.ts";
export type { Pictures } from "./emoji/picture_cache.ts";
export type { EmojiSet } from "./emoji/sets.ts";
export { shipEmoji } from "./emoji/ship_emoji.ts";
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
export { baseModelFolder } from "./base_model.ts";
export { shippedStyles, styleFolderOf } from "./shipped_styles.ts";
export { readStyleFolder, type Shot, type Style } from "./style_folder.ts";
export { uncaptionedPictures, writeCaption } from "./uncaptioned.ts";
