/** What an adaptation is recorded as: known before anything is loaded. */
import { obtainModel } from "specialist/hub/mod.ts";
import { hashFile, hashFolder, libraryVersions, type RunIdentity } from "specialist/records/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { styleFolderFor } from "./load_style.ts";

/** SHA-256 of the data that decides the result, by what it is. */
export async function dataHashes(
  config: AdaptConfig,
  hash = { file: hashFile, folder: hashFolder },
): Promise<Record<string, string>> {
  const hashModel = async (model: string) => {
    const path = await obtainModel(model);
    const { isFile } = await Deno.stat(path);
    return isFile ? await hash.file(path) : await hash.folder(path);
  };
  const { model, corpus, retriever, guide, judge } = config;
  return {
    style: await hash.folder(styleFolderFor(config)),
    model: await hashModel(model),
    ...corpus !== undefined && { corpus: await hash.file(corpus) },
    ...retriever !== undefined && { retriever: await hashModel(retriever) },
    ...guide !== undefined && { guide: await hashModel(guide) },
    ...judge !== undefined && { judge: await hashModel(judge) },
  };
}

/**
 * All that decides what an adaptation results in. Where it is written, and in which formats, does not;
 * nor does what is done about a step that is not finite: a run that has had none ends alike either way,
 * and one that has stopped there can go on without it.
 */
export function adaptIdentity(
  { output: _output, tensorboard: _tensorboard, seed, training, ...rest }: AdaptConfig,
  datasets: Record<string, string>,
): RunIdentity {
  const { onNonFinite: _onNonFinite, ...deciding } = training;
  const config = { ...rest, training: deciding };
  return { kind: rest.method.method, config, seed, versions: libraryVersions(), datasets };
}
