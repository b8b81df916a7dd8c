import sharp from "sharp";
import type { Image } from "./image.ts";

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
