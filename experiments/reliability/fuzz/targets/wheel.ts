import { createHash } from "node:crypto";
import { join } from "node:path";
import { unpackLibrary } from "specialist/tensorflow/library/unpack.ts";
import { requireThat } from "../require_that.ts";
import { defineTarget } from "../target.ts";

const file = "tensorflow.whl";
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

export const target = defineTarget({
  title: "TensorFlow's wheel",
  seeds: () => Promise.resolve([{ [file]: wheel }]),
  async read(folder) {
    const unpacked = join(folder, "unpacked");
    await Deno.mkdir(unpacked, { recursive: true });
    await unpackLibrary(join(folder, file), unpacked, { files }, () => {});
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
