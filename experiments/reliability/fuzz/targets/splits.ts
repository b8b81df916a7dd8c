import { join } from "node:path";
import { readSplits, splitNames, type Splits } from "specialist/datasets/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "splits.json";

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

export const target = defineTarget({
  title: "splits of concepts",
  seeds: () => Promise.resolve([{ [file]: jsonFile(splits) }]),
  read: (folder) => readSplits(join(folder, file)),
  check(splits) {
    const ids = splitNames.flatMap((name) => splits[name]);
    requireThat(new Set(ids).size === ids.length, "a concept is in two lists");
  },
});
