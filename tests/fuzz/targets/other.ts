/** Targets: notebooks, wheels and pip's configuration. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readIndexSettings } from "specialist/internal/runtime/library/index_settings.ts";
import { unpackLibrary } from "specialist/internal/runtime/library/install.ts";
import { moduleOf, readNotebook } from "specialist/notebook/jupyter/mod.ts";
import { defineTarget, jsonFile, requireThat, textFile } from "../target.ts";

const file = "notebook.ipynb";
const metadata = { language_info: { name: "typescript" }, kernelspec: { name: "deno" } };

export const notebookTarget = defineTarget({
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

const wheelFile = "tensorflow.whl";
const framework = "framework", library = "c library ".repeat(30);

/** Three files, the last one compressed. */
const wheel = Uint8Array.fromBase64([
  "UEsDBBQAAAAAAAAAIQAZbnadCQAAAAkAAAAnAAAAdGVuc29yZmxvdy9saWJ0ZW5zb3JmbG93X2ZyYW1ld29yay5z",
  "by4yZnJhbWV3b3JrUEsDBBQAAAAAAAAAIQDheHJ7BwAAAAcAAAARAAAAdGVuc29yZmxvdy9SRUFETUVyZWFkIG1l",
  "UEsDBBQAAAAIAAAAIQCSLygzEQAAACwBAAAgAAAAdGVuc29yZmxvdy9saWJ0ZW5zb3JmbG93X2NjLnNvLjJLVsjJ",
  "TCpKLKpUSB5lEWABAFBLAQIUAxQAAAAAAAAAIQAZbnadCQAAAAkAAAAnAAAAAAAAAAAAAACAAQAAAAB0ZW5zb3Jm",
  "bG93L2xpYnRlbnNvcmZsb3dfZnJhbWV3b3JrLnNvLjJQSwECFAMUAAAAAAAAACEA4XhyewcAAAAHAAAAEQAAAAAA",
  "AAAAAAAAgAFOAAAAdGVuc29yZmxvdy9SRUFETUVQSwECFAMUAAAACAAAACEAki8oMxEAAAAsAQAAIAAAAAAAAAAA",
  "AAAAgAGEAAAAdGVuc29yZmxvdy9saWJ0ZW5zb3JmbG93X2NjLnNvLjJQSwUGAAAAAAMAAwDiAAAA0wAAAAAA",
].join(""));

const files = {
  "libtensorflow_framework.so.2": pinOf(framework),
  "libtensorflow_cc.so.2": pinOf(library),
};

export const wheelTarget = defineTarget({
  title: "TensorFlow's wheel",
  seeds: () => Promise.resolve([{ [wheelFile]: wheel }]),
  async read(folder) {
    const unpacked = join(folder, "unpacked");
    await Deno.mkdir(unpacked, { recursive: true });
    await unpackLibrary(join(folder, wheelFile), unpacked, { files }, () => {});
    return unpacked;
  },
  check(unpacked) {
    const names = [...Deno.readDirSync(unpacked)].map(({ name }) => name);
    requireThat(names.every((name) => Object.hasOwn(files, name)), `it has unpacked ${names}`);
    const texts = Object.keys(files).map((name) => Deno.readTextFileSync(join(unpacked, name)));
    requireThat(`${texts}` === `${[framework, library]}`, "it has unpacked something else");
  },
});

function pinOf(text: string) {
  return { size: text.length, sha256: createHash("sha256").update(text).digest("hex") };
}

const pipFile = "pip.conf";

export const pipConfigTarget = defineTarget({
  title: "pip's configuration",
  seeds: () =>
    Promise.resolve([{
      [pipFile]: textFile(`# a comment
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
    readIndexSettings((name) => name === "PIP_CONFIG_FILE" ? join(folder, pipFile) : undefined),
  check({ indexes, findLinks }) {
    requireThat(
      [...indexes, ...findLinks].every((url) => url instanceof URL),
      "a place is no address",
    );
  },
});
