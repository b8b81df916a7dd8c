import { join } from "node:path";
import {
  clipPreprocess,
  clipPreprocessorSchema,
  plainImage,
  readClipPreprocessor,
} from "specialist/images/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "preprocessor_config.json";
const picture = plainImage(9, 7);

export const target = defineTarget({
  title: "CLIP preprocessor configurations",
  seeds: () =>
    Promise.resolve([
      { [file]: jsonFile(clipPreprocessorSchema.parse({ size: 16, crop_size: 16 })) },
      { [file]: jsonFile({ size: 8, crop_size: { height: 8, width: 8 }, do_convert_rgb: true }) },
    ]),
  read: (folder) => readClipPreprocessor(join(folder, file)),
  check(preprocessor) {
    // Large pictures take long, and mean nothing here.
    if (preprocessor.size.shortest_edge > 64) return;
    const pixels = clipPreprocess(picture, preprocessor);
    const { height, width } = preprocessor.crop_size;
    requireThat(pixels.length === height * width * 3, `it makes ${pixels.length} numbers`);
    requireThat(pixels.every(Number.isFinite), "it makes numbers that are none");
  },
});
