/**
 * A whole text-to-image model, its folder, and its single file.
 * @module
 */
export { saveStableDiffusion, writeStableDiffusion } from "./folder.ts";
export { loadStableDiffusion } from "./load.ts";
export { loadSingleFile, saveSingleFile } from "./single_file.ts";
export { singleFileNames } from "./single_file_names.ts";
export {
  type Architecture,
  disposeStableDiffusion,
  type Model,
  type StableDiffusion,
} from "./stable_diffusion.ts";
export { stableDiffusionV1 } from "./v1.ts";
