import { existsSync } from "node:fs";
import { parseHubId } from "./hub_id.ts";
import { hubSnapshot } from "./snapshot.ts";

const obtained = new Map<string, Promise<string>>();

/**
 * The path of a model that is named by a path, or by its id on the Hub, as
 * "CompVis/stable-diffusion-v1-4" or with "@revision" behind. The network is used for an id only, and
 * only where neither the path nor the folder that would be its owner exists. A process sees one
 * commit, even if a branch moves meanwhile.
 *
 * @throws UserError where it cannot be had; the signal's reason
 */
export function obtainModel(model: string, signal?: AbortSignal): Promise<string> {
  const id = parseHubId(model);
  if (!id || existsSync(model) || existsSync(model.split("/")[0])) return Promise.resolve(model);
  const known = obtained.get(model);
  if (known) return known;
  const path = hubSnapshot(id, { signal });
  obtained.set(model, path);
  path.catch(() => obtained.delete(model));
  return path;
}
