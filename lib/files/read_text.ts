import { basename } from "node:path";
import { UserError } from "../errors/mod.ts";
import { readBytes } from "./read_bytes.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a text file that has to be there.
 *
 * @param mostBytes more than any file of settings has, a tokenizer's included: 16 MiB by default
 * @throws UserError naming the file, where it is missing, too large or not UTF-8; or the system's error
 */
export async function readText(path: string, mostBytes?: number): Promise<string> {
  const text = await readTextIfThere(path, mostBytes);
  if (text !== undefined) return text;
  throw new UserError({
    what: `there is no ${basename(path)}`,
    file: path,
    remedy: "check the path, or get the missing file",
  });
}

/** {@link readText}, or nothing where there is no file. */
export async function readTextIfThere(
  path: string,
  mostBytes = 16 << 20,
): Promise<string | undefined> {
  try {
    return decode(await readBytes(path, mostBytes), path);
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
