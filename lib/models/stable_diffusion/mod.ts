/**
 * A whole text-to-image model, its folder, and its single file.
 * @module
 */
export { saveStableDiffusion, writeStableDiffusion } from "./folder.ts";
export { modelAtSize } from "./model_at_size.ts";
export { loadStableDiffusion } from "./load.ts";
export { loadSingleFile, saveSingleFile } from "./single_file.ts";
export { singleFileNames } from "./single_file_names.ts";
export { encodeImages } from "./encode_images.ts";
export { encodePrompts, promptIds } from "./encode_prompts.ts";
export {
  type Architecture,
  createStableDiffusion,
  type Model,
  type StableDiffusion,
  type StableDiffusionParts,
} from "./stable_diffusion.ts";
export { stableDiffusionV1 } from "./v1.ts";
