import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors/mod.ts";
import { explainWriteError, requireDiskSpace } from "./disk_space.ts";
import { download } from "./download.ts";
import { findWheel } from "./find_wheel.ts";
import { createIndexRequest, type IndexRequest } from "./index_request.ts";
import type { IndexSettings } from "./index_settings.ts";
import { type PinnedWheel, unpackedSize } from "./pinned_wheel.ts";
import { sha256 } from "./sha256.ts";

/** A verified wheel on this machine; a `downloaded` one is ours to delete. */
export type ObtainedWheel = { path: string; downloaded: boolean };

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
  return info?.size === wheel.size && await sha256(path) === wheel.sha256;
}
