/** Targets: images, style folders, captions, splits. */
import { join } from "node:path";
import sharp from "sharp";
import {
  encodeJpeg,
  encodePng,
  type Image,
  maxPixels,
  plainImage,
  readCaptionCorpus,
  readImage,
  readSplits,
  readStyleFolder,
  splitNames,
  type Splits,
  writePng,
} from "specialist/data";
import {
  defineTarget,
  type Files,
  hugePng,
  jsonFile,
  requireThat,
  seedFrom,
  textFile,
} from "../target.ts";

const side = 12;
const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => i * 37);
const testImage: Image = { width: side, height: side, data: pixels };

function encoder() {
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
}

export const imageTarget = defineTarget({
  title: "images",
  expandsTo: 3 * maxPixels,
  async seeds(): Promise<Files[]> {
    return [
      { "image.png": await encodePng(testImage) },
      { "image.png": await encodePng(plainImage(40, 3)) },
      { "image.png": await encoder().png({ palette: true, progressive: true }).toBuffer() },
      { "image.png": await encoder().toColourspace("rgb16").ensureAlpha(0.5).png().toBuffer() },
      { "image.jpg": await encodeJpeg(testImage) },
      {
        "image.jpg": await encoder().withMetadata({ orientation: 6 }).jpeg({ progressive: true })
          .toBuffer(),
      },
      { "image.webp": await encoder().webp().toBuffer() },
      { "image.webp": await encoder().webp({ lossless: true }).toBuffer() },
      { "image.gif": await encoder().gif().toBuffer() },
      { "image.tiff": await encoder().tiff({ compression: "deflate" }).toBuffer() },
      { "image.avif": await encoder().avif({ effort: 0 }).toBuffer() },
    ];
  },
  async hostile(): Promise<Files[]> {
    const jpeg = await encodeJpeg(testImage);
    const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
    jpeg.fill(0x3f, frame + 5, frame + 9); // height and width
    return [
      { "image.png": hugePng(20_000, 20_000) },
      { "image.png": hugePng(10_000_000, 2) },
      { "image.jpg": jpeg },
    ];
  },
  async read(folder) {
    const [{ name } = { name: "image.png" }] = Deno.readDirSync(folder);
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

const imageFiles = ["01.png", "red-apple.png"];
const captions = ["a castle", "a red apple"];
const listed = imageFiles.map((file, i) => ({ file, caption: captions[i] }));

const lines = (values: object[]) =>
  textFile(values.map((value) => `${JSON.stringify(value)}\n`).join(""));

export const styleFolderTarget = defineTarget({
  title: "style folders: images, captions, style.json",
  expandsTo: 3 * maxPixels,
  async seeds() {
    const drawn = await seedFrom(async (folder) => {
      for (const name of imageFiles) await writePng(join(folder, name), plainImage(2, 2));
    });
    const style = { styleWords: "chalk drawing", author: "somebody", licence: "CC0-1.0" };
    const common = { ...drawn, "style.json": jsonFile(style) };
    const rows = listed.map(({ file, caption }) => ({ file_name: file, text: caption, more: 1 }));
    return [
      { ...common, "captions.json": jsonFile(listed) },
      { ...common, "captions.jsonl": lines(listed) },
      { ...common, "metadata.jsonl": lines(rows) },
      { ...common, "01.txt": textFile("a castle\n"), "red-apple.txt": textFile("an apple") },
    ];
  },
  read: (folder) => readStyleFolder(folder),
  check({ styleWords, shots }) {
    requireThat(styleWords.trim() !== "", "the style has no words");
    for (const { file, caption, image } of shots) {
      requireThat(caption.trim() !== "", `${file} has no caption`);
      requireThat(imageFiles.includes(file), `there is no ${file}`);
      requireThat(
        image.data.length === image.width * image.height * 3,
        `${file} has missing pixels`,
      );
    }
  },
});

const file = "captions.txt";

export const captionCorpusTarget = defineTarget({
  title: "corpora of captions",
  seeds: () => Promise.resolve([{ [file]: textFile("a red apple\na castle beside a lake\n\n") }]),
  read: (folder) => readCaptionCorpus(join(folder, file)),
  check(captions) {
    requireThat(captions.length > 0, "there is no caption");
    requireThat(captions.every((caption) => caption.trim() !== ""), "a caption is empty");
  },
});

const splitsFile = "splits.json";

/** Ids that are short, in lists as long as they have to be. */
const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const splits: Splits = {
  seed: 7,
  shots: ids("s", 32),
  validation: ids("v", 64),
  test: ids("t", 128),
  unseen: ids("u", 48),
  train: ids("a", 8),
};

export const splitsTarget = defineTarget({
  title: "splits of concepts",
  seeds: () => Promise.resolve([{ [splitsFile]: jsonFile(splits) }]),
  read: (folder) => readSplits(join(folder, splitsFile)),
  check(splits) {
    const ids = splitNames.flatMap((name) => splits[name]);
    requireThat(new Set(ids).size === ids.length, "a concept is in two lists");
  },
});
