import type { Random } from "../random/mod.ts";
import type { Image } from "./image.ts";
import { resizeShortestEdge } from "./resize.ts";

/** A part of a picture, in pixels. */
export type Box = { left: number; top: number; width: number; height: number };

/** @throws RangeError if the box reaches out of the picture */
export function crop(image: Image, { left, top, width, height }: Box): Image {
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height) {
    throw new RangeError(
      `cannot crop ${width}×${height} at (${left}, ${top}) out of ${image.width}×${image.height}`,
    );
  }
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** The middle of a picture; where it cannot be quite in the middle, half a pixel left and up. */
export function centerCrop(image: Image, width: number, height = width): Image {
  return crop(image, {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  });
}

/** The middle square, with the shortest edge resized to `size`: an image as a model of that size sees it. */
export function fitImage(image: Image, size: number): Image {
  return centerCrop(resizeShortestEdge(image, size), size);
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
