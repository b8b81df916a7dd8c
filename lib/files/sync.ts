/** What is written stays written after a power cut: fsync(2), for files and for the names of files. */
import { dirname, join } from "node:path";

/** What a file system answers that has no such call for folders. */
const unsupported = new Set(["EINVAL", "ENOTSUP"]);

/** Has a file's contents reach the disk. */
export async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.syncData();
}

/** Has the names in a folder reach the disk, as they are after a rename. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such call either.
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  try {
    await folder.sync();
  } catch (error) {
    if (!unsupported.has((error as { code?: string }).code ?? "")) throw error;
  }
}

/** Has all that is below a folder reach the disk, and its own names. */
export async function syncTree(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  for await (const { name, isFile, isDirectory } of Deno.readDir(path)) {
    if (isFile) await syncFile(join(path, name));
    if (isDirectory) await syncTree(join(path, name));
  }
  await syncFolder(path);
}

/** Makes a folder, and those above it, which are there after a power cut too. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    return await makeFolder(path);
  }
  await syncFolder(dirname(path));
}
