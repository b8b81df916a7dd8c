import { join } from "node:path";
import { readIndexSettings } from "specialist/tensorflow/library/index_settings.ts";
import { requireThat } from "../require_that.ts";
import { textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "pip.conf";

export const target = defineTarget({
  title: "pip's configuration",
  seeds: () =>
    Promise.resolve([{
      [file]: textFile(`# a comment
[global]
index_url = https://packages.example/simple ; ours
extra-index-url =
    https://one.example/simple
    file:///mirror/simple
find-links = ~/wheels
[install]
no-index: false
`),
    }]),
  // deno-lint-ignore require-await
  read: async (folder) =>
    readIndexSettings((name) => name === "PIP_CONFIG_FILE" ? join(folder, file) : undefined),
  check({ indexes, findLinks }) {
    requireThat(
      [...indexes, ...findLinks].every((url) => url instanceof URL),
      "a place is no address",
    );
  },
});
