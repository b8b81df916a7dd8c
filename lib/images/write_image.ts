import sharp from "sharp";
import { writeAtomically } from "../files/mod.ts";
import type { Image } from "./image.ts";

/** The picture as a PNG file's bytes, without loss. */
export async function encodePng({ width, height, data }: Image): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer(),
  );
}

/** The picture as a small JPEG file's bytes, for showing: what is lost is hardly seen. */
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
