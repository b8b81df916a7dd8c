/** All that an adaptation works with, loaded and checked before any long work starts. */
import { join } from "node:path";
import { readCaptionCorpus, type Style } from "specialist/datasets/mod.ts";
import { cacheFolder } from "specialist/files/mod.ts";
import { obtainModel } from "specialist/hub/mod.ts";
import { type Clip, embedTexts, loadClip } from "specialist/models/clip/mod.ts";
import {
  loadStableDiffusion,
  type StableDiffusion,
} from "specialist/models/stable_diffusion/mod.ts";
import { gitCommit, hashFolder, libraryVersions } from "specialist/records/mod.ts";
import type { CachedSamples } from "specialist/sampling/mod.ts";
import { type CaptionIndex, captionIndex } from "specialist/specialist/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { dataHashes } from "./identity.ts";
import { loadStyle } from "./load_style.ts";
import { modelAtSize } from "./model_at_size.ts";
import { loadSubjects, type Subjects } from "./subjects.ts";

export type Context = Subjects & {
  style: Style;
  model: StableDiffusion;
  guide: Clip;
  judge: Clip;
  captions: CaptionIndex;
  /** What the base model draws, the same in all runs of a sweep with one seed. */
  kept: CachedSamples;
  /** SHA-256 of what decides the result. */
  datasets: Record<string, string>;
};

/** @param backend what computes, which decides how numbers are rounded */
export async function loadContext(
  config: AdaptConfig,
  backend: string,
  signal?: AbortSignal,
): Promise<Context> {
  const style = await loadStyle(config);
  const modelPath = await obtainModel(config.model, signal);
  /** Of a CLIP that a field names, else of the one in the model's folder. */
  const clipFolder = (name: "guide" | "judge") =>
    config[name] === undefined ? join(modelPath, name) : obtainModel(config[name], signal);
  const model = await loadStableDiffusion(modelPath);
  const guideFolder = await clipFolder("guide");
  const guide = await loadClip(guideFolder);
  const judge = await loadClip(await clipFolder("judge"));
  const corpus = await readCaptionCorpus(config.corpus);
  const retrieverFolder = config.retriever === undefined
    ? guideFolder
    : await obtainModel(config.retriever, signal);
  const retriever = config.retriever === undefined ? guide : await loadClip(retrieverFolder);
  const captions = await captionIndex(corpus, {
    encode: (texts) => embedTexts(retriever, texts),
    model: await hashFolder(retrieverFolder),
    folder: join(cacheFolder(), "captions"),
  });
  const datasets = await dataHashes(config);
  return {
    style,
    model: config.size === undefined ? model : modelAtSize(model, config.size),
    guide,
    judge,
    captions,
    ...await loadSubjects(config),
    kept: {
      folder: join(cacheFolder(), "drawings"),
      model: JSON.stringify([datasets.model, libraryVersions(), gitCommit(), backend]),
    },
    datasets,
  };
}
