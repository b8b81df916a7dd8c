/** All that an adaptation works with, loaded and checked before any long work starts. */
import { join } from "node:path";
import {
  type Emoji,
  loadEmoji,
  readCaptionCorpus,
  readSplits,
  type Splits,
  type Style,
} from "specialist/datasets/mod.ts";
import { benchmarkSubjects, type Subject } from "specialist/evaluation/mod.ts";
import { cacheFolder } from "specialist/files/mod.ts";
import { type Clip, embedTexts, loadClip } from "specialist/models/clip/mod.ts";
import {
  loadStableDiffusion,
  type StableDiffusion,
} from "specialist/models/stable_diffusion/mod.ts";
import { hashFolder } from "specialist/records/mod.ts";
import { type CaptionIndex, captionIndex } from "specialist/specialist/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { dataHashes } from "./identity.ts";
import { loadStyle } from "./load_style.ts";

export type Context = {
  style: Style;
  model: StableDiffusion;
  guide: Clip;
  judge: Clip;
  captions: CaptionIndex;
  /** What the final scores are of. */
  subjects: Subject[];
  /** What the curves are of. */
  curveSubjects: Subject[];
  /** SHA-256 of what decides the result. */
  datasets: Record<string, string>;
};

export async function loadContext(config: AdaptConfig): Promise<Context> {
  const style = await loadStyle(config);
  const model = await loadStableDiffusion(config.model);
  const guide = await loadClip(join(config.model, "guide"));
  const judge = await loadClip(join(config.model, "judge"));
  const corpus = await readCaptionCorpus();
  const guideHash = await hashFolder(join(config.model, "guide"));
  const captions = await captionIndex(corpus, {
    encode: (texts) => embedTexts(guide, texts),
    model: guideHash,
    folder: join(cacheFolder(), "captions"),
  });
  const [emoji, splits] = [await loadEmoji(), await readSplits()];
  const { split, concepts, curveConcepts } = config.evaluation;
  return {
    style,
    model,
    guide,
    judge,
    captions,
    subjects: spread(subjectsOf(config, emoji, splits, split), concepts),
    curveSubjects: spread(subjectsOf(config, emoji, splits, "validation"), curveConcepts),
    datasets: await dataHashes(config),
  };
}

/** Nobody knows the true drawings of a user's own style. */
function subjectsOf(
  { data, style }: AdaptConfig,
  emoji: Emoji,
  splits: Splits,
  split: "validation" | "test" | "unseen",
): Subject[] {
  const set = data === undefined ? style : emoji.sets[0].name;
  const subjects = benchmarkSubjects(emoji, splits, { split, set });
  return data === undefined ? subjects : subjects.map(({ id, item }) => ({ id, item }));
}

/** So many of a list, from all over it. */
function spread<T>(list: readonly T[], count = list.length): T[] {
  const kept = Math.min(count, list.length);
  return Array.from({ length: kept }, (_, i) => list[Math.floor(i * list.length / kept)]);
}
