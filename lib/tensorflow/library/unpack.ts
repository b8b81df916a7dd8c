import { createHash } from "node:crypto";
import { join } from "node:path";
// @ts-types="@types/yauzl"
import yauzl from "yauzl";
import { writeAll } from "../../files/mod.ts";
import { libraryFiles, type PinnedWheel } from "./pinned_wheel.ts";

/**
 * Writes the two shared objects inside a wheel into `folder`. Throws when the wheel lacks one, or has
 * another than the pinned one. `onProgress` counts unpacked bytes.
 */
export async function unpackLibrary(
  path: string,
  folder: string,
  { files }: Pick<PinnedWheel, "files">,
  onProgress: (unpacked: number) => void,
): Promise<void> {
  const missing = new Set(libraryFiles);
  let unpacked = 0;
  const zip = await yauzl.openPromise(path);
  for await (const entry of zip.eachEntry()) {
    const name = libraryFiles.find((name) => entry.fileName === `tensorflow/${name}`);
    if (!name) continue;
    const hash = createHash("sha256");
    using file = await Deno.create(join(folder, name));
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      hash.update(chunk);
      await writeAll(file, chunk);
      onProgress(unpacked += chunk.length);
    }
    await file.sync();
    if (hash.digest("hex") !== files[name].sha256) {
      throw new Error(`${path} does not contain the expected ${name}`);
    }
    missing.delete(name);
  }
  if (missing.size > 0) throw new Error(`${path} does not contain ${[...missing].join(" and ")}`);
}
