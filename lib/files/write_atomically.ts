import { dirname } from "node:path";
import { syncFolder } from "./sync.ts";
import { unfinishedName } from "./unfinished.ts";

/**
 * Writes a file so that it appears complete or not at all, a power cut included: to a `.part` file
 * beside it first, which no other process writes to, then renamed.
 *
 * @throws Error naming the file and the reason, as a full disk; what was there before is kept
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array | ((file: Deno.FsFile) => Promise<void>),
): Promise<void> {
  const unfinished = unfinishedName(path);
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
