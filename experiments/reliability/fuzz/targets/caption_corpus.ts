import { join } from "node:path";
import { readCaptionCorpus } from "specialist/datasets/mod.ts";
import { requireThat } from "../require_that.ts";
import { textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "captions.txt";

export const target = defineTarget({
  title: "corpora of captions",
  seeds: () => Promise.resolve([{ [file]: textFile("a red apple\na castle beside a lake\n\n") }]),
  read: (folder) => readCaptionCorpus(join(folder, file)),
  check(captions) {
    requireThat(captions.length > 0, "there is no caption");
    requireThat(captions.every((caption) => caption.trim() !== ""), "a caption is empty");
  },
});
