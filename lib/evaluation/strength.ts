/**
 * How far to go from the base's weights to the adapted ones: as far as what is drawn can still be
 * recognized. A style of few lines loses its content sooner than one that is near the base's own.
 */
import type { Image } from "../data/mod.ts";
import type { SampleCache } from "../diffusion/mod.ts";
import { createProgress } from "../internal/runtime/mod.ts";
import { tf } from "../internal/tensor/mod.ts";
import { type Clip, embedImages, embedTexts, interpolate, type Params } from "../models/mod.ts";
import type { MethodContext, PreparedMethod } from "../specialist/mod.ts";
import { clipScore } from "./similarity.ts";
import { type DrawOptions, drawSubjects, type Subject } from "./subjects.ts";

/** Shares of the full change, in the order in which they are tried. */
const strengths = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

/** A strength that was tried, and the content that it leaves, as a share of the base model's. */
export type Tried = { strength: number; content: number };

export type StrengthOptions = Omit<DrawOptions, "styleWords" | "label"> & {
  /** Share of the base's content to be left, above 0. */
  keepContent: number;
  /** What is drawn at each strength: validation concepts, never what the model is scored with. */
  subjects: readonly Subject[];
  /** The CLIP that sees the content. */
  guide: Clip;
  /** The base model, and what the style is called in its prompts. */
  base: Pick<MethodContext, "model" | "styleWords">;
  /** Where the images of an adapted model are cached; nowhere without. */
  cacheOf?(strength: number): SampleCache;
};

/**
 * The greatest strength that leaves enough of the content, or the least where none does.
 *
 * @param params the trained parameters
 * @returns those that were tried, the last of which is chosen
 */
export async function chooseStrength(
  method: PreparedMethod,
  params: Params,
  {
    keepContent,
    subjects,
    guide,
    base,
    cache,
    cacheOf,
    progress: open = createProgress,
    ...drawing
  }: StrengthOptions,
): Promise<Tried[]> {
  const items = await embedTexts(guide, subjects.map(({ item }) => item));
  const contentOf = async (images: readonly Image[]) =>
    clipScore(await embedImages(guide, images), items);
  // It ends at the first that leaves enough: how many that takes is not known before.
  const progress = open({ label: "Choosing the strength", unit: "strengths tried" });
  try {
    const { model, styleWords } = base;
    const before = await contentOf(
      await drawSubjects(model, subjects, { ...drawing, styleWords, cache }),
    );
    const tried: Tried[] = [];
    for (const strength of strengths) {
      const between = interpolate(method.task.params, params, strength);
      const images = await drawSubjects(method.adapted(between), subjects, {
        ...drawing,
        styleWords: method.styleWords,
        cache: cacheOf?.(strength),
      });
      tf.dispose(between);
      // A base model whose images show nothing of their words has nothing to lose.
      const content = before === 0 ? 1 : await contentOf(images) / before;
      progress.update(tried.push({ strength, content }), { content: content.toFixed(3) });
      if (content >= keepContent) break;
    }
    return tried;
  } finally {
    progress.stop();
  }
}
