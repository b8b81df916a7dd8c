import { join } from "node:path";
import { readStyleFolder } from "specialist/datasets/mod.ts";
import { mostPixels, plainImage, writePng } from "specialist/images/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile, seedFrom, textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const pictures = ["01.png", "red-apple.png"];
const captions = ["a castle", "a red apple"];
const listed = pictures.map((file, i) => ({ file, caption: captions[i] }));

const lines = (values: object[]) =>
  textFile(values.map((value) => `${JSON.stringify(value)}\n`).join(""));

export const target = defineTarget({
  title: "style folders: pictures, captions, style.json",
  expandsTo: 3 * mostPixels,
  async seeds() {
    const drawn = await seedFrom(async (folder) => {
      for (const name of pictures) await writePng(join(folder, name), plainImage(2, 2));
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
      requireThat(pictures.includes(file), `there is no ${file}`);
      requireThat(
        image.data.length === image.width * image.height * 3,
        `${file} has missing pixels`,
      );
    }
  },
});
