import { join } from "node:path";
import { resolveConfig } from "specialist/config/mod.ts";
import { methodSchema } from "specialist/specialist/mod.ts";
import { trainSchema } from "specialist";
import { requireThat } from "../require_that.ts";
import { jsonFile, textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "config.json";
const ownWords = `{
  // what is learned
  method: { method: "lora", rank: 8, },
  training: { steps: 0x10, batchSize: 2 },
  'styleWords': 'chalk drawing',
}`;

export const target = defineTarget({
  title: "configurations of commands",
  seeds: () =>
    Promise.resolve([
      { [file]: jsonFile(trainSchema.parse({ method: { method: "specialist" } })) },
      {
        [file]: jsonFile({ method: { method: "dreambooth" }, evaluation: { prompts: ["a", "b"] } }),
      },
      { [file]: textFile(ownWords) },
    ]),
  read: (folder) => resolveConfig(trainSchema, { file: join(folder, file) }),
  check(config) {
    requireThat(methodSchema.safeParse(config.method).success, "its method is none");
    requireThat(trainSchema.safeParse(config).success, "it is not valid");
  },
});
