import { join } from "node:path";
import type { Addition } from "specialist/methods/mod.ts";
import {
  type Origin,
  originMetadata,
  saveEmbedding,
  saveLora,
} from "specialist/models/adapters/mod.ts";
import { libraryVersions, type Run } from "specialist/records/mod.ts";
import { pictureSize } from "specialist/training/mod.ts";
import type { AdaptConfig } from "./config.ts";
import type { Context } from "./context.ts";

/** The files in a run's folder that hold what its method adds to the base model, by method. */
export const additionFiles: Partial<Record<AdaptConfig["method"]["method"], string>> = {
  lora: "lora.safetensors",
  lora_specialist: "lora.safetensors",
  textual_inversion: "embedding.safetensors",
};

/** @param trigger what a prompt has to say */
export async function saveAddition(
  run: Run,
  addition: Addition,
  { config, context: { model, datasets }, trigger }: {
    config: AdaptConfig;
    context: Context;
    trigger: string;
  },
): Promise<void> {
  const { method, training, seed } = config;
  const file = join(run.folder, additionFiles[method.method]!);
  const origin: Origin = {
    title: run.id,
    trigger,
    model,
    size: pictureSize(model),
    date: new Date().toISOString(),
    // Without paths, which are nobody's business where the file is passed on.
    training: { method, training, seed, datasets, versions: libraryVersions() },
  };
  if ("lora" in addition) await saveLora(file, addition.lora, originMetadata(origin, "lora"));
  else await saveEmbedding(file, addition.word, originMetadata(origin, "textual-inversion"));
}
