/**
 * Text-to-image customized augmentation: a transformed picture says so in its caption, so that the
 * model learns the transformation as a word of its own, not as part of the style.
 */
import { z } from "zod";
import { crop, type Image, resizeShortestEdge } from "../images/mod.ts";
import type { Random } from "../random/mod.ts";
import {
  autocontrast,
  equalize,
  flipHorizontally,
  flipVertically,
  invert,
  posterize,
  sharpen,
  solarize,
  type Transform,
} from "./transforms/mod.ts";

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

export type TransformName = typeof transformNames[number];

/** What the caption calls a transformation: the released code's class names. */
const captionNames: Record<TransformName, string> = {
  invert: "RandomInvert",
  posterize: "RandomPosterize",
  solarize: "RandomSolarize",
  sharpness: "RandomAdjustSharpness",
  autocontrast: "RandomAutocontrast",
  equalize: "RandomEqualize",
  horizontalFlip: "RandomHorizontalFlip",
  verticalFlip: "RandomVerticalFlip",
};

/** The defaults are the released code's. */
export const augmentationSchema = z.strictObject({
  probability: z.number().min(0).max(1).default(0.5).describe("How often a picture is transformed"),
  transforms: z.array(z.enum(transformNames)).min(1).default([...transformNames])
    .describe("The transformations to choose from, each as likely"),
  posterizeBits: z.int().min(1).max(8).default(2).describe("Bits per channel that posterize keeps"),
  solarizeThreshold: z.number().min(0).max(256).default(100)
    .describe("The level from which solarize inverts"),
  sharpnessFactor: z.number().min(0).default(3)
    .describe("How far sharpness moves from smoothed (0) past the picture itself (1)"),
});

export type AugmentationConfig = z.infer<typeof augmentationSchema>;

/** A picture, and what to append to its caption. */
export type Augmented = { image: Image; captionSuffix: string };

/**
 * With the configured probability, applies one transformation and names it: the caption goes on
 * " with the RandomInvert transformation". Otherwise the picture stays and the suffix is empty.
 *
 * ```ts
 * const { image, captionSuffix } = augment(shot, augmentationSchema.parse({}), createRandom(7));
 * const caption = `a castle in flat style${captionSuffix}`;
 * ```
 */
export function augment(image: Image, config: AugmentationConfig, random: Random): Augmented {
  if (random.next() >= config.probability) return { image, captionSuffix: "" };
  return transformed(image, random.choice(config.transforms), config);
}

/** One transformation, and its name. */
export function transformed(
  image: Image,
  name: TransformName,
  config: AugmentationConfig,
): Augmented {
  return {
    image: transformOf(name, config)(image),
    captionSuffix: ` with the ${captionNames[name]} transformation`,
  };
}

function transformOf(name: TransformName, config: AugmentationConfig): Transform {
  const transforms: Record<TransformName, Transform> = {
    invert,
    posterize: posterize(config.posterizeBits),
    solarize: solarize(config.solarizeThreshold),
    sharpness: sharpen(config.sharpnessFactor),
    autocontrast,
    equalize,
    horizontalFlip: flipHorizontally,
    verticalFlip: flipVertically,
  };
  return transforms[name];
}

/** The shortest edge resized to `size` (bicubic), then a square cut out anywhere along the other. */
export function resizeAndRandomCrop(image: Image, size: number, random: Random): Image {
  const resized = resizeShortestEdge(image, size);
  return crop(resized, {
    left: random.integer(resized.width - size + 1),
    top: random.integer(resized.height - size + 1),
    width: size,
    height: size,
  });
}
