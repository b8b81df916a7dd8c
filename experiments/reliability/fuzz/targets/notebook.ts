import { join } from "node:path";
import { moduleOf, readNotebook } from "../../../../lab/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "notebook.ipynb";
const metadata = { language_info: { name: "typescript" }, kernelspec: { name: "deno" } };

export const target = defineTarget({
  title: "notebooks",
  seeds: () =>
    Promise.resolve([
      {
        [file]: jsonFile({
          cells: [
            { cell_type: "markdown", metadata: {}, source: ["# A story\n", "that begins"] },
            { cell_type: "code", metadata: {}, outputs: [], source: ["const a = 1;\n", "a + 1"] },
            { cell_type: "code", metadata: {}, outputs: [], source: "console.log(a);" },
            { cell_type: "raw", metadata: {}, source: "" },
          ],
          metadata,
          nbformat: 4,
          nbformat_minor: 5,
        }),
      },
    ]),
  read: async (folder) => moduleOf(await readNotebook(join(folder, file))),
  check({ code, places }) {
    const lines = code.split("\n").length - 1;
    requireThat(lines === places.length, `${lines} lines are in ${places.length} places`);
  },
});
