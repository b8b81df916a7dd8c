/** Reading files, with errors that name the file, and the folders that files are looked for in. */
import envPaths from "env-paths";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "./errors.ts";
import { formatBytes } from "./units.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a text file that has to be there.
 *
 * @param maxBytes more than any file of settings has, a tokenizer's included: 16 MiB by default
 * @throws UserError naming the file, where it is missing, too large or not UTF-8; or the system's error
 */
export async function readText(path: string, maxBytes?: number): Promise<string> {
  const text = await readTextIfThere(path, maxBytes);
  if (text !== undefined) return text;
  throw new UserError({
    what: `there is no ${basename(path)}`,
    file: path,
  });
}

/** {@link readText}, or undefined where there is no file. */
export async function readTextIfThere(
  path: string,
  maxBytes = 16 << 20,
): Promise<string | undefined> {
  try {
    return decode(await readBytes(path, maxBytes), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new UserError({
      what: "this is not text in UTF-8",
      file: path,
      remedy: "save it as UTF-8, or get it again",
    }, { cause });
  }
}

/**
 * Makes sure that a path leads to a file, and not to a pipe or a device, which may never end.
 *
 * @param maxBytes what no file of its kind is larger than
 * @throws UserError naming the path, where it leads to anything else, or a larger one;
 *   Deno.errors.NotFound where it leads nowhere; or the system's error
 */
export function requireFile(path: string, maxBytes = Infinity): void {
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) {
    throw new UserError({
      what: "this is not a file",
      file: path,
      remedy: "give a file, or a link to one",
    });
  }
  if (size <= maxBytes) return;
  throw new UserError({
    what: `the file has ${formatBytes(size)}, more than the ${formatBytes(maxBytes)} that are read`,
    file: path,
    remedy: "check that it is the right file, or get it again",
  });
}

/** Reads a whole file into memory. @throws as {@link requireFile} does */
export async function readBytes(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  requireFile(path, maxBytes);
  return await Deno.readFile(path);
}

/** The names of what lies in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<Set<string>> {
  try {
    return new Set((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}

/** The bytes of a file; 0 where there is none. */
export async function fileSize(path: string): Promise<number> {
  return (await Deno.stat(path).catch(() => null))?.size ?? 0;
}

/**
 * Where downloads and what is computed once are kept: `SPECIALIST_CACHE`, or the system's folder for
 * caches (`XDG_CACHE_HOME` or `~/.cache` on Linux, `~/Library/Caches` on macOS, `LOCALAPPDATA` on
 * Windows).
 */
export function cacheFolder(): string {
  return Deno.env.get("SPECIALIST_CACHE") ||
    envPaths("specialist-diffusion-lab", { suffix: "" }).cache;
}

/** The path of what the project ships, as `dataFile("splits.json")`. */
export function dataFile(path: string): string {
  return fileURLToPath(new URL(`../../../data/${path}`, import.meta.url));
}
