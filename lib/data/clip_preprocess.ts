import { z } from "zod";
import { readJson } from "../internal/runtime/mod.ts";
import type { Image } from "./image.ts";
import { type Arithmetic, centerCrop, type Resampling, resizeShortestEdge } from "./resize.ts";

const edge = z.int().min(1).max(8192);
const mean = z.number().min(-1000).max(1000);
const deviation = z.number().min(1e-6).max(1000);
const resamplings: Record<1 | 2 | 3, Resampling> = { 1: "lanczos", 2: "bilinear", 3: "bicubic" };

/**
 * The contents of a CLIP folder's `preprocessor_config.json`; the defaults are those of OpenAI's
 * CLIP.
 */
export const clipPreprocessorSchema = z.looseObject({
  size: z.union([
    z.looseObject({ shortest_edge: edge }),
    edge.transform((shortest_edge) => ({ shortest_edge })),
  ]).prefault(224).describe("Length of the shortest edge before the crop, in pixels"),
  crop_size: z.union([
    z.looseObject({ height: edge, width: edge }),
    edge.transform((side) => ({ height: side, width: side })),
  ]).prefault(224).describe("Size of the model's input, in pixels"),
  resample: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(3)
    .describe("Pillow's number of the filter: 1 Lanczos, 2 bilinear, 3 bicubic"),
  rescale_factor: z.number().positive().max(1000).default(1 / 255),
  image_mean: z.tuple([mean, mean, mean]).default([0.48145466, 0.4578275, 0.40821073]),
  image_std: z.tuple([deviation, deviation, deviation]).default([
    0.26862954,
    0.26130258,
    0.27577711,
  ]),
  do_resize: z.literal(true).default(true),
  do_center_crop: z.literal(true).default(true),
  do_rescale: z.literal(true).default(true),
  do_normalize: z.literal(true).default(true),
}).refine(
  ({ size, crop_size }) => Math.max(crop_size.height, crop_size.width) <= size.shortest_edge,
  { path: ["crop_size"], error: "must fit into size" },
);

export type ClipPreprocessor = z.infer<typeof clipPreprocessorSchema>;

/**
 * The image as a CLIP vision tower takes it: shortest edge resized, centre cropped, normalised.
 * [H, W, 3]
 *
 * ```ts
 * const pixels = clipPreprocess(await readImage("cat.png"), clipPreprocessorSchema.parse({}));
 * ```
 *
 * @param arithmetic which library's image processor to match; the two differ by one level in places
 */
export function clipPreprocess(
  image: Image,
  preprocessor: ClipPreprocessor,
  arithmetic: Arithmetic = "pillow",
): Float32Array {
  const { size, crop_size, resample, rescale_factor, image_mean, image_std } = preprocessor;
  const resampling = resamplings[resample];
  const resized = resizeShortestEdge(image, size.shortest_edge, { resampling, arithmetic });
  const { data } = centerCrop(resized, crop_size.width, crop_size.height);
  const channels = image_mean.map((mean, c) =>
    Float32Array.from(levels, (level) => (level * rescale_factor - mean) / image_std[c])
  );
  const pixels = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) pixels[i] = channels[i % 3][data[i]];
  return pixels;
}

const levels = Uint8Array.from({ length: 256 }, (_, level) => level);

/** @throws UserError naming the file and the field, where it cannot be used */
export function readClipPreprocessor(path: string): Promise<ClipPreprocessor> {
  return readJson(path, clipPreprocessorSchema);
}
