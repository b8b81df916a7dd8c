import { dirname, join } from "node:path";
import { explainWriteError } from "./disk_space.ts";
import type { IndexSettings } from "./index_settings.ts";
import { isInstalled, markInstalled } from "./installed_library.ts";
import { obtainWheel } from "./obtain_wheel.ts";
import { type PinnedWheel, unpackedSize } from "./pinned_wheel.ts";
import { unpackLibrary } from "./unpack.ts";

/** Reports the bytes done of `total` in each stage of an installation. */
export type InstallProgress = (stage: "download" | "unpack", done: number, total: number) => void;

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

/** Unpacks beside `folder` and renames, so that `folder` is never half filled. */
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
