import { downloadFile } from "@huggingface/hub";
import { dirname } from "node:path";
import { hashFile } from "../records/mod.ts";
import type { RepositoryFile } from "./needed_files.ts";

export type DownloadOptions = {
  /** `revision` is a commit. */
  request: { repo: string; revision: string; accessToken?: string; hubUrl?: string };
  /** Gets the number of bytes that have arrived since the last call. */
  onBytes: (count: number) => void;
  signal?: AbortSignal;
};

/**
 * Downloads a file to `target`, going on where an earlier download stopped. Until it is complete and
 * verified it is called `${target}.part`.
 *
 * @throws Error where the Hub refuses, the connection breaks, or the bytes are not the expected ones,
 * which are then deleted
 */
export async function downloadTo(
  target: string,
  { path, size, sha256 }: RepositoryFile,
  { request, onBytes, signal }: DownloadOptions,
): Promise<void> {
  if (await sizeOf(target) === size) return onBytes(size);
  const part = `${target}.part`;
  const kept = await sizeOf(part);
  onBytes(kept);
  if (kept < size) {
    const blob = await downloadFile({ ...request, path });
    if (!blob) throw new Error(`${path} is not there any more`);
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    });
    await Deno.mkdir(dirname(target), { recursive: true });
    const file = await Deno.open(part, { create: true, append: true });
    await blob.slice(kept, size).stream().pipeThrough(counter).pipeTo(file.writable, { signal });
  }
  const arrived = await sizeOf(part);
  if (arrived < size) throw new Error(`${path} ended at byte ${arrived} of ${size}`);
  if (arrived > size || sha256 !== undefined && await hashFile(part) !== sha256) {
    await Deno.remove(part);
    throw new Error(`${path} is not the file that was announced; it was deleted`);
  }
  await Deno.rename(part, target);
}

async function sizeOf(path: string): Promise<number> {
  return (await Deno.stat(path).catch(() => null))?.size ?? 0;
}
