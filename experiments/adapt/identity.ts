/** What an adaptation is recorded as: known before anything is loaded. */
import { hashFolder, libraryVersions, type RunIdentity } from "specialist/records/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { styleFolderFor } from "./load_style.ts";

/** SHA-256 of the data that decides the result, by what it is. */
export async function dataHashes(
  config: AdaptConfig,
  hash: (folder: string) => Promise<string> = hashFolder,
): Promise<Record<string, string>> {
  return { style: await hash(styleFolderFor(config)), model: await hash(config.model) };
}

/** All that decides what an adaptation results in; where its run lies does not. */
export function adaptIdentity(
  { output: _, seed, ...config }: AdaptConfig,
  datasets: Record<string, string>,
): RunIdentity {
  return { kind: config.method.method, config, seed, versions: libraryVersions(), datasets };
}
