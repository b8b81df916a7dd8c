/** The lab: a base model, a style that it has not seen, and the judge of how well it learns it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { z } from "zod";
import {
  baseModelFolder,
  emojiCorpusFile,
  loadEmoji,
  promptFiles,
  readCaptionCorpus,
  readSplits,
  readStyleFolder,
  type SplitName,
  splitsFile,
  type Style,
  styleFolderOf,
} from "./data/mod.ts";
import type { SampleCache } from "./diffusion/mod.ts";
import {
  benchmarkSubjects,
  type Judge,
  loadJudge,
  spread,
  type Subject,
} from "./evaluation/mod.ts";
import { obtainModel } from "./internal/runtime/hub/mod.ts";
import {
  cacheFolder,
  gitCommit,
  hashFile,
  hashFolder,
  libraryVersions,
  UserError,
  validate,
} from "./internal/runtime/mod.ts";
import { useBackend } from "./internal/tensor/mod.ts";
import {
  type Clip,
  embedTexts,
  loadClip,
  loadStableDiffusion,
  modelAtSize,
  type StableDiffusion,
} from "./models/mod.ts";
import { startNotebook } from "./notebook/mod.ts";
import {
  type CaptionIndex,
  captionIndex,
  emojiPreset,
  paperPreset,
  type Preset,
} from "./specialist/mod.ts";
import { type LabConfig, labSchema, shippedModel } from "./train_config.ts";

export type LabOptions = z.input<typeof labSchema> & {
  /** How many held-out concepts `subjects` has; 16 by default. */
  subjects?: number;
  /** Settings where methods and runs have none; those for the model by default. */
  preset?: Preset;
  /** Whether the guide is loaded, and captions for retrieval with it: only methods need them. True by default. */
  withGuide?: boolean;
  /** Samples of a step, which decides how threads share the work; the preset's by default. */
  batchSize?: number;
  signal?: AbortSignal;
};

export type Lab = {
  readonly config: LabConfig;
  /** The base model, which stays as it is. */
  readonly model: StableDiffusion;
  /** What the model is to learn: a few images with captions. */
  readonly style: Style;
  /** Validation concepts to draw, with the designer's own drawings where they are known. */
  readonly subjects: Subject[];
  /** The CLIP that methods may use. @throws UserError if the lab has none */
  readonly guide: Clip;
  /** What scores images, which no method uses. @throws UserError if the lab has none */
  readonly judge: Judge;
  /** The corpus that captions are retrieved from. @throws UserError if the lab has no guide */
  readonly captions: CaptionIndex;
  /** Whether each is available; captions need the guide. */
  has(name: "guide" | "judge"): boolean;
  /** Settings for this kind of model. */
  readonly preset: Preset;
  /** SHA-256 of each data set that determines results. */
  readonly datasets: Record<string, string>;
  /** Images of the base model, the same in all runs with one seed. */
  readonly cache: SampleCache;
  /** The backend, in one line. */
  readonly backend: string;
};

/**
 * Opens a lab. Paths are relative to the working directory.
 *
 * ```ts
 * import { openLab } from "specialist";
 *
 * const lab = await openLab({ style: "openmoji" });
 * const own = await openLab({ data: "my-images", model: "runwayml/stable-diffusion-v1-5" });
 * ```
 *
 * @throws UserError where the style has too few shots, or something is missing or damaged
 */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const { subjects = 16, preset, withGuide = true, batchSize, signal, ...rest } = options;
  const config = validate(labSchema, rest, "openLab");
  const style = await loadStyle(config);
  const backend = await useBackend({ batch: batchSize ?? emojiPreset.training.batchSize });
  await startNotebook(backend);
  const modelPath = await modelPathOf(config.model, signal);
  const loaded = await loadStableDiffusion(modelPath);
  const model = config.size === undefined ? loaded : modelAtSize(loaded, config.size);
  /** What a field names, else what is in the model's folder. */
  const folderOf = async (name: "guide" | "judge") => {
    const named = config[name];
    const folder = named === undefined ? join(modelPath, name) : await obtainModel(named, signal);
    return existsSync(folder) || named !== undefined ? folder : undefined;
  };
  const guideFolder = withGuide ? await folderOf("guide") : undefined;
  const judgeFolder = await folderOf("judge");
  const guide = guideFolder === undefined ? undefined : await loadClip(guideFolder);
  const judge = judgeFolder === undefined ? undefined : await loadJudge(judgeFolder);
  const captions = withGuide
    ? await indexCaptions(config, { guide, guideFolder }, signal)
    : undefined;
  const datasets = await dataHashes(config);
  return {
    config,
    model,
    style,
    subjects: spread(await benchmarkOf(config, "validation"), subjects),
    get guide() {
      return guide ?? missing("guide");
    },
    get judge() {
      return judge ?? missing("judge");
    },
    get captions() {
      return captions ?? missing("guide");
    },
    has: (name) => (name === "guide" ? guide : judge) !== undefined,
    preset: preset ?? presetFor(config),
    datasets,
    cache: {
      folder: join(cacheFolder(), "drawings"),
      model: JSON.stringify([datasets.model, libraryVersions(), gitCommit(), backend]),
    },
    backend,
  };

  function missing(name: "guide" | "judge"): never {
    throw new UserError({
      what: name === "guide"
        ? "there is no CLIP to guide the method"
        : "there is no judge to score images",
      file: join(modelPath, name),
      field: name,
      remedy: `name one, such as ${name}: "openai/clip-vit-base-patch32"`,
    });
  }
}

/** The emoji preset for the shipped model, the paper's for all others. */
export function presetFor({ model }: Pick<LabConfig, "model">): Preset {
  const isShipped = resolve(model) === resolve(baseModelFolder) || model === shippedModel;
  return isShipped ? emojiPreset : paperPreset;
}

async function indexCaptions(
  { corpus, retriever }: LabConfig,
  { guide, guideFolder }: { guide?: Clip; guideFolder?: string },
  signal?: AbortSignal,
): Promise<CaptionIndex | undefined> {
  const folder = retriever === undefined ? guideFolder : await obtainModel(retriever, signal);
  if (folder === undefined) return undefined;
  const clip = retriever === undefined ? guide! : await loadClip(folder);
  return await captionIndex(await readCaptionCorpus(corpus), {
    encode: (texts) => embedTexts(clip, texts),
    model: await hashFolder(folder),
    folder: join(cacheFolder(), "captions"),
  });
}

/** The shipped model lies with the project, wherever the working directory is. */
async function modelPathOf(model: string, signal?: AbortSignal): Promise<string> {
  if (model === shippedModel && !existsSync(model)) return baseModelFolder;
  return await obtainModel(model, signal);
}

/** @throws UserError for an unknown style */
function styleFolderFor(
  { data, style, shotSet }: Pick<LabConfig, "data" | "style" | "shotSet">,
): string {
  return data ?? styleFolderOf(style, shotSet);
}

/**
 * The style with the shots to learn from.
 *
 * @throws UserError where it has fewer, or its folder is invalid
 */
export async function loadStyle(config: LabConfig): Promise<Style> {
  const { data, shots: wanted, styleWords, background } = config;
  const style = await readStyleFolder(styleFolderFor(config), {
    styleWords,
    background,
    limit: wanted,
  });
  if (style.shots.length < wanted && !data) {
    throw new UserError({
      what: `the style has only ${style.shots.length} shots`,
      field: "shots",
      value: wanted,
      remedy: `ask for at most ${style.shots.length}`,
    });
  }
  return style;
}

/** A split's concepts; the true drawings of one's own style are not known. */
export async function benchmarkOf(
  { data, style }: Pick<LabConfig, "data" | "style">,
  split: Exclude<SplitName, "train" | "shots">,
): Promise<Subject[]> {
  const [emoji, splits] = [await loadEmoji(), await readSplits()];
  const set = data === undefined ? style : emoji.sets[0].name;
  const subjects = benchmarkSubjects(emoji, splits, { split, set });
  return data === undefined ? subjects : subjects.map(({ id, item }) => ({ id, item }));
}

/** SHA-256 of each data set that determines results, known before anything is loaded. */
export async function dataHashes(
  config: LabConfig,
  hash = { file: hashFile, folder: hashFolder },
): Promise<Record<string, string>> {
  const hashModel = async (model: string) => {
    const path = await modelPathOf(model);
    const { isFile } = await Deno.stat(path);
    return isFile ? await hash.file(path) : await hash.folder(path);
  };
  const { model, corpus, retriever, guide, judge } = config;
  const { paraphrases, templates } = promptFiles();
  return {
    style: await hash.folder(styleFolderFor(config)),
    model: await hashModel(model),
    corpus: await hash.file(corpus ?? emojiCorpusFile),
    splits: await hash.file(splitsFile),
    paraphrases: await hash.file(paraphrases),
    templates: await hash.file(templates),
    ...retriever !== undefined && { retriever: await hashModel(retriever) },
    ...guide !== undefined && { guide: await hashModel(guide) },
    ...judge !== undefined && { judge: await hashModel(judge) },
  };
}
