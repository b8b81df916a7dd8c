/** What the notebooks work with: the base model, a style that it has never seen, and things to draw. */
import { join } from "node:path";
import type { z } from "zod";
import {
  baseModelFolder,
  loadEmoji,
  readCaptionCorpus,
  readSplits,
  readStyleFolder,
  type Style,
  styleFolderOf,
} from "../datasets/mod.ts";
import { benchmarkSubjects, type Subject } from "../evaluation/mod.ts";
import { cacheFolder } from "../files/mod.ts";
import { createMethod, type Method, methodSchema } from "../methods/mod.ts";
import { type Clip, embedTexts, loadClip } from "../models/clip/mod.ts";
import { loadStableDiffusion, type StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { emojiDrawing } from "../presets/mod.ts";
import { hashFolder } from "../records/mod.ts";
import { type CaptionIndex, captionIndex } from "../specialist/mod.ts";
import { interruptSignal } from "./interrupt.ts";
import { startNotebook } from "./start.ts";

export type Lab = {
  /** The base model, which stays as it is. */
  model: StableDiffusion;
  /** What the model is to learn: eight pictures with captions. */
  style: Style;
  /** Held-out concepts, with the designer's own drawings of them. */
  subjects: Subject[];
  /** The CLIP that the method may look through. */
  guide: Clip;
  /** The CLIP that gives scores, which no method sees. */
  judge: Clip;
  /** The corpus that captions are retrieved from. */
  captions: CaptionIndex;
};

/** Opens the lab. @param subjects how many concepts to draw, from all over the validation split */
export async function openLab(
  { style = "openmoji", subjects = 16 }: { style?: string; subjects?: number } = {},
): Promise<Lab> {
  await startNotebook();
  const guideFolder = join(baseModelFolder, "guide");
  const guide = await loadClip(guideFolder);
  return {
    model: await loadStableDiffusion(baseModelFolder),
    style: await readStyleFolder(styleFolderOf(style)),
    subjects: await heldOut(style, subjects),
    guide,
    judge: await loadClip(join(baseModelFolder, "judge")),
    captions: await captionIndex(await readCaptionCorpus(), {
      encode: (texts) => embedTexts(guide, texts),
      model: await hashFolder(guideFolder),
      folder: join(cacheFolder(), "captions"),
    }),
  };
}

/** A method that teaches the lab's model the lab's style. */
export async function prepareMethod(
  { model, style, guide, captions }: Omit<Lab, "judge" | "subjects">,
  config: z.input<typeof methodSchema>,
): Promise<Method> {
  return await createMethod(methodSchema.parse(config), {
    model,
    shots: style.shots,
    styleWords: style.styleWords,
    sampling: emojiDrawing,
    guide,
    captionIndex: captions,
    signal: interruptSignal(),
  });
}

async function heldOut(style: string, count: number): Promise<Subject[]> {
  const all = benchmarkSubjects(await loadEmoji(), await readSplits(), {
    split: "validation",
    set: style,
  });
  const kept = Math.min(count, all.length);
  return Array.from({ length: kept }, (_, i) => all[Math.floor(i * all.length / kept)]);
}
