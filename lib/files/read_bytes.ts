import { UserError } from "../errors/mod.ts";
import { formatBytes } from "../units/mod.ts";

/**
 * Makes sure that a path leads to a file, and not to a pipe or a device, which may never end.
 *
 * @param mostBytes what no file of its kind is larger than
 * @throws UserError naming the path, where it leads to anything else, or a larger one;
 *   Deno.errors.NotFound where it leads nowhere; or the system's error
 */
export function requireFile(path: string, mostBytes = Infinity): void {
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) {
    throw new UserError({
      what: "this is not a file",
      file: path,
      remedy: "give a file, or a link to one",
    });
  }
  if (size <= mostBytes) return;
  throw new UserError({
    what: `the file has ${formatBytes(size)}, more than the ${
      formatBytes(mostBytes)
    } that are read`,
    file: path,
    remedy: "check that it is the file that is meant, or get it again",
  });
}

/** Reads a whole file into memory. @throws as {@link requireFile} does */
export async function readBytes(
  path: string,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  requireFile(path, mostBytes);
  return await Deno.readFile(path);
}
