/** Images from files and SVG, and into files. */
import sharp from "sharp";
import type { Metadata } from "sharp";
import { readBytes, UserError, writeAtomically } from "../internal/runtime/mod.ts";
import type { Image } from "./image.ts";

export type ReadImageOptions = {
  /** The background of transparent images, as "#rrggbb". */
  background?: string;
};

/** By the decoder's names; "heif" is AVIF. Others, as SVG, stand for far more than they hold. */
const formats = ["png", "jpeg", "webp", "gif", "heif", "tiff"];

/** Some 8,000 × 8,000: a file of a few bytes may claim to be any size. */
export const maxPixels = 1 << 26;

/** The decoder holds many rows at once, however few there are. */
const maxSide = 1 << 15;

const maxBytes = 512 << 20;

/** The largest image takes some seconds. */
const maxSeconds = 60;

/**
 * Reads a PNG, JPEG, WebP, GIF, AVIF or TIFF file as 8-bit sRGB, whatever its format (colour
 * profile, CMYK, grey, 16 bits): rotated as its EXIF tag says, transparency on white or another
 * colour, the first frame of an animation.
 *
 * ```ts
 * const { width, height } = await readImage("shots/avocado.png");
 * ```
 *
 * @throws UserError naming the file, where it is empty, not an image, or has more than 2²⁶ pixels or
 *   2¹⁵ on a side; or the system's error
 */
export async function readImage(path: string, options?: ReadImageOptions): Promise<Image> {
  return await decodeImage(await readBytes(path, maxBytes), path, options);
}

/**
 * `readImage` for bytes already in memory.
 *
 * @param name what an error calls the image
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  { background = "#ffffff" }: ReadImageOptions = {},
): Promise<Image> {
  if (bytes.length === 0) {
    throw new UserError({
      what: "the image is empty",
      file: name,
      remedy: "replace the file, or remove it",
    });
  }
  try {
    const image = sharp(bytes, { limitInputPixels: maxPixels }).timeout({ seconds: maxSeconds });
    requireReadable(await image.metadata());
    const { data, info } = await image
      .autoOrient()
      .flatten({ background })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { buffer, byteOffset, byteLength } = data;
    const { width, height } = info;
    return { width, height, data: new Uint8Array(buffer, byteOffset, byteLength) };
  } catch (error) {
    throw new UserError({
      what: `not an image that can be read: ${(error as Error).message}`,
      file: name,
      remedy: "replace it with a PNG, JPEG or WebP file, or remove it",
    }, { cause: error });
  }
}

/** @throws Error where a header claims what is not decoded */
function requireReadable({ format, width, height }: Metadata): void {
  if (!formats.includes(format)) throw new Error(`its format is ${format}`);
  if (Math.max(width, height) <= maxSide) return;
  throw new Error(`it is ${width} × ${height}, more than ${maxSide} pixels on a side`);
}

/** The image as the bytes of a PNG file (lossless). */
export async function encodePng({ width, height, data }: Image): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer(),
  );
}

/** The image as a small JPEG file's bytes, for display: the loss is hardly visible. */
export async function encodeJpeg({ width, height, data }: Image): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 85, chromaSubsampling: "4:4:4" }).toBuffer(),
  );
}

/**
 * Writes a PNG file, complete or not at all.
 *
 * @throws Error naming the file, where it cannot be written
 */
export async function writePng(path: string, image: Image): Promise<void> {
  await writeAtomically(path, await encodePng(image));
}

/**
 * Draws SVG of one's own on white, as large as fits into a square of `size` pixels. Files of others
 * are read by `readImage`, which takes no SVG: a few bytes of it can stand for days of drawing.
 *
 * ```ts
 * const dot = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle r="2"/></svg>';
 * const image = await drawSvg(dot, 64);
 * ```
 */
export async function drawSvg(svg: string, size: number): Promise<Image> {
  const data = await sharp(new TextEncoder().encode(svg))
    .resize(size, size, { fit: "contain", background: "#ffffff" })
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer();
  return { width: size, height: size, data: new Uint8Array(data) };
}
