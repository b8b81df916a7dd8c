import { join } from "node:path";
import { readCaptionCorpus } from "specialist/datasets/mod.ts";
import { require } from "../require.ts";
import { textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "captions.txt";

export const target = defineTarget({
  title: "corpora of captions",
  seeds: () => Promise.resolve([{ [file]: textFile("a red apple\na castle beside a lake\n\n") }]),
  read: (folder) => readCaptionCorpus(join(folder, file)),
  check(captions) {
    require(captions.length > 0, "there is no caption");
    require(captions.every((caption) => caption.trim() !== ""), "a caption is empty");
  },
});
