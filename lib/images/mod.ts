/**
 * Pictures as 8-bit RGB: reading, drawing, writing, resizing, cropping, grids, and CLIP's preprocessing.
 * @module
 */
export {
  clipPreprocess,
  type ClipPreprocessor,
  clipPreprocessorSchema,
  readClipPreprocessor,
} from "./clip_preprocess.ts";
export { type Box, centerCrop, crop, fitImage, resizeAndRandomCrop } from "./crop.ts";
export { drawSvg } from "./draw_svg.ts";
export { imageGrid } from "./grid.ts";
export { type Image, plainImage } from "./image.ts";
export { decodeImage, mostPixels, readImage, type ReadImageOptions } from "./read_image.ts";
export type { Resampling } from "./resampling.ts";
export { type Arithmetic, resize, resizeShortestEdge } from "./resize.ts";
export { resizeMatrix, type ResizeMatrixOptions } from "./resize_matrix.ts";
export { encodeJpeg, encodePng, writePng } from "./write_image.ts";
