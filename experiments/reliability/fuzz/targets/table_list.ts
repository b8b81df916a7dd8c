import { basename, join } from "node:path";
import { readJson } from "specialist/files/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";
import { tableListSchema } from "../../../tables/table.ts";

const file = "methods.json";
const run = { label: "LoRA", style: "openmoji", shots: 8, seed: 0, id: "lora-1ec07862726b" };

export const target = defineTarget({
  title: "lists of a table's runs",
  seeds: () =>
    Promise.resolve([{
      [file]: jsonFile({
        name: "methods",
        title: "Methods",
        reference: "LoRA",
        base: "base model",
        runs: [run, { ...run, seed: 1, id: "lora-000000000000" }],
      }),
    }]),
  read: (folder) => readJson(join(folder, file), tableListSchema),
  check({ name, runs }) {
    for (const place of [name, ...runs.map(({ id }) => id)]) {
      requireThat(place === basename(place) && place !== "..", `a folder is ${place}`);
    }
  },
});
