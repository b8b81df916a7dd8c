import { dirname } from "node:path";
import { makeFolder, syncFolder, syncTree } from "./sync.ts";
import { unfinishedName } from "./unfinished.ts";

/**
 * Has `write` fill a new folder, which then takes the place of the one at `path`: readers find the
 * old one or the new one, complete, after a power cut too. A process that is killed just between two
 * renames leaves the old one beside the place, its name ending in `.part`.
 *
 * @throws whatever `write` throws; the folder at `path` is then as it was
 */
export async function replaceFolder(
  path: string,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const fresh = unfinishedName(path), former = unfinishedName(path);
  await makeFolder(dirname(path));
  await Deno.mkdir(fresh);
  try {
    await write(fresh);
    await syncTree(fresh);
    if (await exists(path)) {
      await Deno.rename(path, former);
    }
    await Deno.rename(fresh, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
    if (!await exists(path) && await exists(former)) await Deno.rename(former, path);
    throw error;
  }
  await Deno.remove(former, { recursive: true }).catch(() => {});
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
