/**
 * What a training adds to a model, in files of its own: low-rank adapters, and learned words.
 * @module
 */
export { loadEmbedding, saveEmbedding } from "./embedding_file.ts";
export { convertToKohya } from "./kohya.ts";
export { loadLora } from "./load_lora.ts";
export { type LoraWeights, saveLora } from "./lora_file.ts";
export { type Origin, originMetadata } from "./origin.ts";
export { type LearnedWord, withWord } from "./word.ts";
export { type LoraAdapters, withLora } from "./with_lora.ts";
