/**
 * Writes a file so that it appears complete or not at all: to a `.part` file beside it first, which
 * no other process writes to, then renamed.
 *
 * @throws Error naming the file and the reason, as a full disk; what was there before is kept
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array | ((file: Deno.FsFile) => Promise<void>),
): Promise<void> {
  const unfinished = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    using file = await Deno.open(unfinished, { write: true, create: true, truncate: true });
    if (typeof content === "function") await content(file);
    else await writeAll(file, typeof content === "string" ? encoder.encode(content) : content);
    await file.syncData();
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

const encoder = new TextEncoder();

/** Writes all of `bytes`, which one call to `file.write` may not. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}
