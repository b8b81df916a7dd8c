/** What is asked of the disk, in its order. */
import { relative } from "node:path";

/**
 * Lists what `work` has reach the disk, renames to and removes, as "sync run.json", with paths below
 * `folder`, in which the names that are made up are "*".
 */
export async function diskLog(folder: string, work: () => Promise<unknown>): Promise<string[]> {
  const log: string[] = [];
  const note = (what: string, path: string | URL | undefined) => {
    const name = relative(folder, `${path}`).replaceAll(/\.[0-9a-f]{8}\.part/g, ".*");
    log.push(`${what} ${name || "."}`);
  };
  const { open, rename, remove } = Deno;
  const { sync, syncData } = Deno.FsFile.prototype;
  const paths = new WeakMap<Deno.FsFile, string | URL>();

  Deno.open = async (path, options) => {
    const file = await open(path, options);
    paths.set(file, path);
    return file;
  };
  Deno.rename = async (from, to) => {
    await rename(from, to);
    note("rename", to);
  };
  Deno.remove = async (path, options) => {
    await remove(path, options);
    note("remove", path);
  };
  Deno.FsFile.prototype.sync = async function () {
    await sync.call(this);
    note("sync", paths.get(this));
  };
  Deno.FsFile.prototype.syncData = async function () {
    await syncData.call(this);
    note("sync", paths.get(this));
  };
  try {
    await work();
    return log;
  } finally {
    Object.assign(Deno, { open, rename, remove });
    Object.assign(Deno.FsFile.prototype, { sync, syncData });
  }
}
