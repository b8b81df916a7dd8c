import { join } from "node:path";
import sharp from "sharp";
import {
  encodeJpeg,
  encodePng,
  type Image,
  mostPixels,
  plainImage,
  readImage,
} from "specialist/images/mod.ts";
import { hugePng } from "../huge_png.ts";
import { requireThat } from "../require_that.ts";
import { defineTarget, type Files } from "../target.ts";

const side = 12;
const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => i * 37);
const picture: Image = { width: side, height: side, data: pixels };

function encoder() {
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
}

export const target = defineTarget({
  title: "pictures",
  expandsTo: 3 * mostPixels,
  async seeds(): Promise<Files[]> {
    return [
      { "picture.png": await encodePng(picture) },
      { "picture.png": await encodePng(plainImage(40, 3)) },
      { "picture.png": await encoder().png({ palette: true, progressive: true }).toBuffer() },
      { "picture.png": await encoder().toColourspace("rgb16").ensureAlpha(0.5).png().toBuffer() },
      { "picture.jpg": await encodeJpeg(picture) },
      {
        "picture.jpg": await encoder().withMetadata({ orientation: 6 }).jpeg({ progressive: true })
          .toBuffer(),
      },
      { "picture.webp": await encoder().webp().toBuffer() },
      { "picture.webp": await encoder().webp({ lossless: true }).toBuffer() },
      { "picture.gif": await encoder().gif().toBuffer() },
      { "picture.tiff": await encoder().tiff({ compression: "deflate" }).toBuffer() },
      { "picture.avif": await encoder().avif({ effort: 0 }).toBuffer() },
    ];
  },
  async hostile(): Promise<Files[]> {
    const jpeg = await encodeJpeg(picture);
    const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
    jpeg.fill(0x3f, frame + 5, frame + 9); // height and width
    return [
      { "picture.png": hugePng(20_000, 20_000) },
      { "picture.png": hugePng(10_000_000, 2) },
      { "picture.jpg": jpeg },
    ];
  },
  async read(folder) {
    const [{ name } = { name: "picture.png" }] = Deno.readDirSync(folder);
    return await readImage(join(folder, name));
  },
  check({ width, height, data }) {
    requireThat(width > 0 && height > 0, `it is ${width} × ${height}`);
    requireThat(
      data.length === width * height * 3,
      `it is ${width} × ${height}, ${data.length} bytes`,
    );
  },
});
