/** What an adaptation is recorded as: known before anything is loaded. */
import { hashFile, hashFolder, libraryVersions, type RunIdentity } from "specialist/records/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { styleFolderFor } from "./load_style.ts";

/** SHA-256 of the data that decides the result, by what it is. */
export async function dataHashes(
  config: AdaptConfig,
  hash = { file: hashFile, folder: hashFolder },
): Promise<Record<string, string>> {
  const { model, corpus, retriever } = config;
  return {
    style: await hash.folder(styleFolderFor(config)),
    model: await hash.folder(model),
    ...corpus !== undefined && { corpus: await hash.file(corpus) },
    ...retriever !== undefined && { retriever: await hash.folder(retriever) },
  };
}

/** All that decides what an adaptation results in; where it is written, and in which formats, does not. */
export function adaptIdentity(
  { output: _output, tensorboard: _tensorboard, seed, ...config }: AdaptConfig,
  datasets: Record<string, string>,
): RunIdentity {
  return { kind: config.method.method, config, seed, versions: libraryVersions(), datasets };
}
