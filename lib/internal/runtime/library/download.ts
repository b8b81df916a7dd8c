/** The wheel's download, resumed where it broke off and checked against its hash. */
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { hashFile } from "../identity.ts";
import { fileSize } from "../read_files.ts";
import { formatBytes } from "../units.ts";
import { findWheel } from "./find_wheel.ts";
import {
  createIndexRequest,
  type IndexRequest,
  networkError,
  redacted,
  retry,
  TransientError,
} from "./index_request.ts";
import type { IndexSettings } from "./index_settings.ts";
import { type PinnedWheel, unpackedSize } from "./pinned_wheel.ts";

/** A verified wheel on this machine; a `downloaded` one is ours to delete. */
type ObtainedWheel = { path: string; downloaded: boolean };

/**
 * Gets the pinned wheel from the first place that serves its exact bytes, downloading into `cache`
 * where that place is not a local folder. Throws with every place's problem when none does.
 */
export async function obtainWheel(
  wheel: PinnedWheel,
  cache: string,
  settings: IndexSettings,
  onProgress: (received: number) => void,
): Promise<ObtainedWheel> {
  const path = join(cache, wheel.fileName);
  if (await holds(path, wheel)) return { path, downloaded: true };
  const request = createIndexRequest(settings.certificates);
  const problems: string[] = [];
  for await (const offer of findWheel(wheel, settings, request)) {
    if ("problem" in offer) {
      problems.push(offer.problem);
      continue;
    }
    try {
      return offer.url.protocol === "file:"
        ? await useLocalWheel(offer.url, wheel, cache)
        : await downloadWheel(offer.url, path, wheel, request, onProgress);
    } catch (error) {
      if (error instanceof UserError) throw error;
      problems.push((error as Error).message);
    }
  }
  if (problems.length === 0) problems.push("no package index may be asked: no-index is set");
  throw new UserError({
    what: ["TensorFlow's library could not be downloaded", ...problems].join("\n  "),
    remedy: "check the network; or set PIP_INDEX_URL to a package index that can be reached; or " +
      "set SPECIALIST_TENSORFLOW to the folder of a library you have",
    failed: true,
  });
}

async function useLocalWheel(url: URL, wheel: PinnedWheel, cache: string): Promise<ObtainedWheel> {
  const path = fileURLToPath(url);
  if (!await holds(path, wheel)) {
    throw new Error(`${path} is not the expected wheel: its SHA-256 is not ${wheel.sha256}`);
  }
  await requireDiskSpace(cache, unpackedSize(wheel));
  return { path, downloaded: false };
}

async function downloadWheel(
  url: URL,
  path: string,
  wheel: PinnedWheel,
  request: IndexRequest,
  onProgress: (received: number) => void,
): Promise<ObtainedWheel> {
  const kept = (await Deno.stat(`${path}.part`).catch(() => null))?.size ?? 0;
  const needed = wheel.size - kept + unpackedSize(wheel);
  const folder = dirname(path);
  await requireDiskSpace(folder, needed);
  try {
    await download({ url, path, size: wheel.size, sha256: wheel.sha256, request, onProgress });
  } catch (error) {
    throw explainWriteError(error, folder, needed);
  }
  return { path, downloaded: true };
}

async function holds(path: string, wheel: PinnedWheel): Promise<boolean> {
  const info = await Deno.stat(path).catch(() => null);
  return info?.size === wheel.size && await hashFile(path) === wheel.sha256;
}

type DownloadOptions = {
  url: URL;
  /** Where the file goes; until it is complete and verified it is called `${path}.part`. */
  path: string;
  size: number;
  sha256: string;
  request: IndexRequest;
  onProgress: (received: number) => void;
  /** Seconds to wait before each new attempt. */
  retrySeconds?: number[];
};

const idleMilliseconds = 60_000;

/**
 * Downloads a file of known size and SHA-256, resuming where an earlier download stopped. Throws
 * when the server refuses, when the attempts are used up, or when the bytes are not the expected
 * ones; in that last case nothing is kept.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { path, url, retrySeconds = [1, 2, 4, 8, 16] } = options;
  const part = `${path}.part`;
  let received = await fileSize(part);
  await retry(() => receiveRest(options, part), retrySeconds, async () => {
    const before = received;
    received = await fileSize(part);
    return received > before;
  });
  const found = await hashFile(part);
  if (found !== options.sha256) {
    await Deno.remove(part);
    throw new Error(
      `the file from ${redacted(url)} is not the expected one: its SHA-256 is ${found}, not ` +
        `${options.sha256}; it was deleted`,
    );
  }
  await Deno.rename(part, path);
}

async function receiveRest({ url, size, request, onProgress }: DownloadOptions, part: string) {
  const kept = await fileSize(part);
  if (kept === size) return;
  const idle = new AbortController();
  const giveUp = () => idle.abort();
  let timer = setTimeout(giveUp, idleMilliseconds);
  try {
    const response = await request(url, {
      headers: kept > 0 && kept < size ? { range: `bytes=${kept}-` } : {},
      signal: idle.signal,
    });
    let received = resumesAt(response, kept) ? kept : 0;
    onProgress(received);
    const meter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, idleMilliseconds);
        received += chunk.length;
        if (received > size) throw new Error(`${redacted(url)} sends more than ${size} bytes`);
        onProgress(received);
        controller.enqueue(chunk);
      },
    });
    const mode = received > 0 ? { append: true } : { write: true, truncate: true };
    const file = await Deno.open(part, { create: true, ...mode });
    await response.body!.pipeThrough(meter).pipeTo(file.writable);
    if (received < size) throw new TransientError(`${redacted(url)} closed the connection early`);
  } catch (error) {
    throw networkError(error, url);
  } finally {
    clearTimeout(timer);
  }
}

function resumesAt(response: Response, kept: number): boolean {
  return response.status === 206 &&
    response.headers.get("content-range")?.startsWith(`bytes ${kept}-`) === true;
}

/** Throws a `UserError` when the disk that holds `folder` has less than `bytes` left. */
export async function requireDiskSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free < bytes) throw tooSmall(folder, `only ${formatBytes(free)} are free`, bytes);
}

/** The system's error about writing `bytes` to `folder` as a `UserError`; any other as it is. */
export function explainWriteError(error: unknown, folder: string, bytes: number): unknown {
  const code = (error as { code?: string } | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return tooSmall(folder, "the disk is full", bytes, error);
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new UserError({
      what: "the cache folder cannot be written to",
      file: folder,
      remedy: "set SPECIALIST_CACHE to a folder you may write to",
    }, { cause: error });
  }
  return error;
}

function tooSmall(folder: string, found: string, bytes: number, cause?: unknown): UserError {
  return new UserError({
    what: `${found}, and TensorFlow's library needs about ${formatBytes(bytes)}`,
    file: folder,
    remedy: "free some space, or set SPECIALIST_CACHE to a folder on a larger disk",
    failed: true,
  }, { cause });
}
