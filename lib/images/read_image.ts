import sharp from "sharp";
import { UserError } from "../errors/mod.ts";
import type { Image } from "./image.ts";

export type ReadImageOptions = {
  /** What transparency is laid on, as "#rrggbb". */
  background?: string;
};

/**
 * Reads a PNG, JPEG, WebP, GIF, AVIF, TIFF or SVG file as 8-bit sRGB, whatever it holds (a colour
 * profile, CMYK, grey, 16 bits): turned upright as its EXIF tag says, transparency laid on white or
 * another colour, the first frame of an animation.
 *
 * ```ts
 * const { width, height } = await readImage("shots/avocado.png");
 * ```
 *
 * @throws UserError naming the file, where it is empty or not an image; or the system's error
 */
export async function readImage(path: string, options?: ReadImageOptions): Promise<Image> {
  return await decodeImage(await Deno.readFile(path), path, options);
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
      remedy: "replace the file, or leave it out",
    });
  }
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .flatten({ background })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (error) {
    throw new UserError({
      what: `not an image that can be read: ${(error as Error).message}`,
      file: name,
      remedy: "replace it with a PNG, JPEG or WebP file, or leave it out",
    }, { cause: error });
  }
}
