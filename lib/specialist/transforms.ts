/**
 * Text-to-image customized augmentation, the image half: a transformed image says so in its caption, so
 * that the model learns the transform as words of its own, not as part of the style.
 */
import { z } from "zod";
import type { Image, Random } from "../data/mod.ts";
import { shipped } from "./part.ts";
import {
  autocontrast,
  equalize,
  flipHorizontally,
  flipVertically,
  invert,
  posterize,
  sharpen,
  solarize,
} from "./pixels.ts";

/** A transform of images, and its effect on captions. */
export type Transform = {
  /** Its name in captions: "… with the RandomInvert transformation". */
  name: string;
  /** What `apply` closes over, where it does: part of the transform's identity. */
  settings?: Record<string, unknown>;
  /** A new image of any size, which is resized and cropped afterwards. */
  apply(image: Image, random: Random): Image;
  /** The changed image's caption; it ends in " with the … transformation" by default. */
  caption?(caption: string): string;
};

/** The caption of an image that `transform` changed. */
export function doubledCaption(transform: Transform, caption: string): string {
  return transform.caption?.(caption) ?? `${caption} with the ${transform.name} transformation`;
}

/** The paper's transforms, as configurations call them. */
export const transformNames = [
  "invert",
  "posterize",
  "solarize",
  "sharpness",
  "autocontrast",
  "equalize",
  "horizontalFlip",
  "verticalFlip",
] as const;

/** The probability that the released code transforms an image with. */
export const releasedProbability = 0.5;

/** The settings of the paper's transforms; the defaults are the released code's. */
export const transformsSchema = z.strictObject({
  probability: z.number().min(0).max(1).default(releasedProbability).describe(
    "Probability that an image is transformed",
  ),
  transforms: z.array(z.enum(transformNames)).min(1).default([...transformNames])
    .describe("The transforms to choose from, each equally likely"),
  posterizeBits: z.int().min(1).max(8).default(2).describe("Bits per channel that posterize keeps"),
  solarizeThreshold: z.number().min(0).max(256).default(100)
    .describe("The level from which solarize inverts"),
  sharpnessFactor: z.number().min(0).default(3)
    .describe("How far sharpness moves from smoothed (0) past the image itself (1)"),
});

export type TransformsConfig = z.infer<typeof transformsSchema>;
export type TransformName = typeof transformNames[number];

/** The transforms that a configuration names, in its order; captions call them by the released classes. */
export function transformsOf(
  { transforms, posterizeBits, solarizeThreshold, sharpnessFactor }: TransformsConfig,
): Transform[] {
  const known: Record<TransformName, Transform> = {
    invert: { name: "RandomInvert", apply: invert },
    posterize: {
      name: "RandomPosterize",
      settings: { bits: posterizeBits },
      apply: (image) => posterize(image, posterizeBits),
    },
    solarize: {
      name: "RandomSolarize",
      settings: { threshold: solarizeThreshold },
      apply: (image) => solarize(image, solarizeThreshold),
    },
    sharpness: {
      name: "RandomAdjustSharpness",
      settings: { factor: sharpnessFactor },
      apply: (image) => sharpen(image, sharpnessFactor),
    },
    autocontrast: { name: "RandomAutocontrast", apply: autocontrast },
    equalize: { name: "RandomEqualize", apply: equalize },
    horizontalFlip: { name: "RandomHorizontalFlip", apply: flipHorizontally },
    verticalFlip: { name: "RandomVerticalFlip", apply: flipVertically },
  };
  return transforms.map((name) => shipped(known[name]));
}

/** The paper's eight. */
export const paperTransforms: readonly Transform[] = transformsOf(transformsSchema.parse({}));
