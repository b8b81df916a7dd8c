/**
 * CLIP's two towers.
 * @module
 */
export { clipImageEmbeddings, clipSpecs, clipTextEmbeddings, normalizeRows } from "./clip.ts";
export {
  type ClipConfig,
  clipConfigSchema,
  type ClipTextConfig,
  clipTextConfigSchema,
  type ClipVisionConfig,
  clipVisionConfigSchema,
} from "./config.ts";
export { embedImages, embedTexts, patchFeatures } from "./embed.ts";
export { type Clip, loadClip, saveClip } from "./folder.ts";
export { clipText, type ClipTextOutput, clipTextSpecs } from "./text.ts";
export { clipVision, type ClipVisionOutput, clipVisionSpecs } from "./vision.ts";
