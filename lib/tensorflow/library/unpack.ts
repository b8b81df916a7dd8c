import { createHash } from "node:crypto";
import { join } from "node:path";
// @ts-types="@types/yauzl"
import yauzl from "yauzl";
import { UserError } from "../../errors/mod.ts";
import { requireFile, writeAll } from "../../files/mod.ts";
import { libraryFiles, type PinnedWheel } from "./pinned_wheel.ts";

/**
 * Writes the two shared objects inside a wheel into `folder`. `onProgress` counts unpacked bytes.
 *
 * @throws UserError naming the wheel, where it is damaged, lacks one, or has another than the pinned
 *   one; or the system's error
 */
export async function unpackLibrary(
  path: string,
  folder: string,
  pin: Pick<PinnedWheel, "files">,
  onProgress: (unpacked: number) => void,
): Promise<void> {
  try {
    await unpack(path, folder, pin, onProgress);
  } catch (cause) {
    if (cause instanceof UserError || isOfSystem(cause)) throw cause;
    throw new UserError({
      what: `the wheel cannot be unpacked: ${(cause as Error).message}`,
      file: path,
      remedy: "remove it, and run the same command again to have it downloaded",
    }, { cause });
  }
}

async function unpack(
  path: string,
  folder: string,
  { files }: Pick<PinnedWheel, "files">,
  onProgress: (unpacked: number) => void,
): Promise<void> {
  requireFile(path);
  const missing = new Set(libraryFiles);
  let unpacked = 0;
  const zip = await yauzl.openPromise(path);
  try {
    for await (const entry of zip.eachEntry()) {
      const name = libraryFiles.find((name) => entry.fileName === `tensorflow/${name}`);
      if (!name) continue;
      const { size, sha256 } = files[name];
      const other = new Error(`it does not contain the expected ${name}`);
      // What is unpacked is never longer than the entry says.
      if (entry.uncompressedSize !== size) throw other;
      const hash = createHash("sha256");
      using file = await Deno.create(join(folder, name));
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        hash.update(chunk);
        await writeAll(file, chunk);
        onProgress(unpacked += chunk.length);
      }
      await file.sync();
      if (hash.digest("hex") !== sha256) throw other;
      missing.delete(name);
    }
  } finally {
    zip.close();
  }
  if (missing.size > 0) throw new Error(`it does not contain ${[...missing].join(" and ")}`);
}

/** Whether it is told by the operating system, as a full disk, and not by who reads the wheel. */
function isOfSystem(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(`${(error as { code?: unknown }).code}`);
}
