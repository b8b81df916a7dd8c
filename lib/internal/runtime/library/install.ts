/** Installs TensorFlow's library: downloads its wheel, and unpacks what is needed of it. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import yauzl from "yauzl";
import { UserError } from "../errors.ts";
import { createProgress, type Progress } from "../progress.ts";
import { requireFile } from "../read_files.ts";
import { writeAll } from "../write_files.ts";
import { explainWriteError, obtainWheel } from "./download.ts";
import type { IndexSettings } from "./index_settings.ts";
import { isInstalled, markInstalled } from "./installed.ts";
import { libraryFiles, type PinnedWheel, unpackedSize } from "./pinned_wheel.ts";

/** Reports the bytes done of `total` in each stage of an installation. */
type InstallProgress = (stage: "download" | "unpack", done: number, total: number) => void;

/**
 * Installs the library inside `wheel` as `folder`, which appears complete or not at all; does
 * nothing where it is. A second process waits for the first. Throws when no place serves the wheel,
 * or the disk is too small.
 */
export async function installLibrary(
  wheel: PinnedWheel,
  folder: string,
  settings: IndexSettings,
  onProgress: InstallProgress,
): Promise<void> {
  if (await isInstalled(folder, wheel)) return;
  const cache = dirname(folder);
  try {
    await Deno.mkdir(cache, { recursive: true });
    using lock = await Deno.open(join(cache, "install.lock"), { create: true, write: true });
    if (!await lock.tryLock(true)) {
      console.error("Waiting for another process that installs TensorFlow's library");
      await lock.lock(true);
    }
    if (await isInstalled(folder, wheel)) return;
    const obtained = await obtainWheel(
      wheel,
      cache,
      settings,
      (received) => onProgress("download", received, wheel.size),
    );
    await unpackInto(folder, wheel, obtained.path, onProgress);
    if (obtained.downloaded) await Deno.remove(obtained.path);
  } catch (error) {
    throw explainWriteError(error, cache, wheel.size + unpackedSize(wheel));
  }
}

/** Unpacks next to `folder` and renames, so that `folder` is never half filled. */
async function unpackInto(
  folder: string,
  wheel: PinnedWheel,
  path: string,
  onProgress: InstallProgress,
) {
  const staging = `${folder}.unpacking`;
  await removeIfPresent(staging);
  await Deno.mkdir(staging);
  try {
    await unpackLibrary(
      path,
      staging,
      wheel,
      (unpacked) => onProgress("unpack", unpacked, unpackedSize(wheel)),
    );
    await markInstalled(staging, wheel);
    await removeIfPresent(folder);
    await Deno.rename(staging, folder);
  } catch (error) {
    await removeIfPresent(staging);
    throw error;
  }
}

async function removeIfPresent(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

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

/** Shows an installation on standard error, one bar for each stage. */
export function createInstallDisplay(
  { version }: PinnedWheel,
): { update: InstallProgress } & Disposable {
  const labels = { download: "Downloading", unpack: "Unpacking" };
  let shown: { stage: string; bar: Progress } | undefined;
  return {
    update(stage, done, total) {
      if (shown?.stage !== stage) {
        shown?.bar.stop();
        const label = `${labels[stage]} TensorFlow ${version}`;
        shown = { stage, bar: createProgress({ label, total, unit: "bytes", initial: done }) };
      }
      shown.bar.update(done);
    },
    [Symbol.dispose]: () => shown?.bar.stop(),
  };
}
