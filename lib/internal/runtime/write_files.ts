/**
 * Atomic writes that survive a power cut: a file or folder is either the old one or the new one.
 */
import { dirname, join, resolve } from "node:path";
import { UserError } from "./errors.ts";

/**
 * Writes a file so that it appears complete or not at all, a power cut included: to a `.part` file
 * next to it first, which no other process writes to, then renamed.
 *
 * @throws Error naming the file and the reason, as a full disk; what was there before is kept
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array | ((file: Deno.FsFile) => Promise<void>),
): Promise<void> {
  const [unfinished] = unfinishedNames(path);
  try {
    using file = await Deno.open(unfinished, { write: true, create: true, truncate: true });
    if (typeof content === "function") await content(file);
    else await writeAll(file, typeof content === "string" ? encoder.encode(content) : content);
    await file.syncData();
    await Deno.rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw writeError(path, error);
  }
}

/**
 * Adds a line to a file, whose last line is cut short where that fails.
 *
 * @throws Error naming the file and the reason, as a full disk
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    using file = await Deno.open(path, { append: true, create: true });
    await writeAll(file, encoder.encode(`${line}\n`));
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Writes all of `bytes`, which one call to `file.write` may not. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

const encoder = new TextEncoder();

function writeError(path: string, cause: unknown): Error {
  return new Error(`cannot write ${path}: ${(cause as Error).message}`, { cause });
}

/**
 * Has `write` fill a new folder, which then takes the place of the one at `path`: readers find the
 * old one or the new one, complete, after a power cut too. A process that is killed just between two
 * renames leaves the old one next to the place, its name ending in `.part`.
 *
 * @throws whatever `write` throws; the folder at `path` is then as it was
 */
export async function replaceFolder(
  path: string,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const [fresh, former] = unfinishedNames(path);
  // The parent may not be this process's to make, but the name next to its place is.
  await (await exists(dirname(path)) ? Deno.mkdir(fresh) : makeFolder(fresh));
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

// What is written stays written after a power cut: fsync(2), for files and for the names of files.

/** What a file system answers that has no such call for folders. */
const unsupported = new Set(["EINVAL", "ENOTSUP"]);

/** Has a file's contents reach the disk. */
export async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.syncData();
}

/** Has the names in a folder reach the disk, as they are after a rename. */
async function syncFolder(path: string): Promise<void> {
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
async function syncTree(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  for await (const { name, isFile, isDirectory } of Deno.readDir(path)) {
    if (isFile) await syncFile(join(path, name));
    if (isDirectory) await syncTree(join(path, name));
  }
  await syncFolder(path);
}

/**
 * Makes a folder, and those above it, which are there after a power cut too. A process needs permission to
 * write to the folder itself only.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !await exists(folder); folder = dirname(folder)) missing.push(folder);
  if (missing.length === 0) return;
  await Deno.mkdir(path, { recursive: true });
  for (const folder of missing.reverse()) await syncFolder(dirname(folder));
}

/**
 * Refuses to replace a folder that holds something else.
 *
 * @param marks names of which each folder of the kind that may be replaced has one
 * @throws UserError where the folder is neither missing nor empty, and has none of them
 */
export async function requireReplaceable(path: string, marks: readonly string[]): Promise<void> {
  const names = await exists(path) ? [...Deno.readDirSync(path)].map(({ name }) => name) : [];
  if (names.length === 0 || names.some((name) => marks.includes(name))) return;
  throw new UserError({
    what: `the folder would be replaced, and holds something else: ${names.sort()[0]}`,
    field: "output",
    value: path,
    remedy: "name a folder that is new or empty, such as one in it",
  });
}

// Names of what is not complete, which stays behind where a process is killed while it writes.

/** In an environment: names that a process may use, by the paths of what it replaces. */
export const unfinishedVariable = "SPECIALIST_UNFINISHED";

/** Two names next to `path` that no other process uses: for what is to take its place, and what was there. */
export function unfinishedNames(path: string): [fresh: string, former: string] {
  return permittedNames()[resolve(path)] ?? [unfinishedName(path), unfinishedName(path)];
}

const unfinishedName = (path: string) => `${path}.${crypto.randomUUID().slice(0, 8)}.part`;

/** Those that whoever confined this process has chosen, since a permission names a path. */
function permittedNames(): Record<string, [string, string] | undefined> {
  const { state } = Deno.permissions.querySync({ name: "env", variable: unfinishedVariable });
  const text = state === "granted" ? Deno.env.get(unfinishedVariable) : undefined;
  return text === undefined ? {} : JSON.parse(text);
}

const pattern = /\.[0-9a-f]{8}\.part$/;

/** Removes unfinished folders directly below `parent`, which no process may be writing. */
export async function removeUnfinishedFolders(parent: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (isDirectory && pattern.test(name)) {
      await Deno.remove(join(parent, name), { recursive: true });
    }
  }
}
