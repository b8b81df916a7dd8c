/**
 * How far to go from the base's weights to the adapted ones: as far as what is drawn can still be
 * told. A style of few lines hides what it shows sooner than one that is near the base's own.
 */
import type { Image } from "specialist/images/mod.ts";
import type { Method } from "specialist/methods/mod.ts";
import { clipScore } from "specialist/metrics/mod.ts";
import { embedImages, embedTexts } from "specialist/models/clip/mod.ts";
import { interpolate, type Params } from "specialist/nn/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import type { AdaptConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { drawSubjects } from "./draw_subjects.ts";

/** Of the whole way, in the order in which they are tried. */
const strengths = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

/** A strength that was tried, and content's share of the base model's that it leaves. */
type Tried = { strength: number; content: number };

/**
 * The greatest strength that leaves enough of the content, or the least where none does. The guide and
 * validation concepts decide, never what the model is scored with.
 *
 * @param params what was trained; disposed if others are returned
 */
export async function chooseStrength(
  method: Method,
  params: Params,
  config: AdaptConfig,
  context: Context,
  signal?: AbortSignal,
): Promise<{ params: Params; tried: Tried[] }> {
  const { keepContent } = config.strength;
  if (keepContent === 0) return { params, tried: [] };
  const { model, guide, strengthSubjects: subjects, style, kept } = context;
  const items = await embedTexts(guide, subjects.map(({ item }) => item));
  const contentOf = async (pictures: readonly Image[]) =>
    clipScore(await embedImages(guide, pictures), items);
  const progress = createProgress({
    label: "Choosing the strength",
    total: strengths.length,
    unit: "strengths",
  });
  try {
    const base = await contentOf(
      await drawSubjects(model, subjects, {
        ...config,
        styleWords: style.styleWords,
        kept,
        signal,
      }),
    );
    const tried: Tried[] = [];
    let chosen: Params = {};
    for (const strength of strengths) {
      tf.dispose(chosen);
      chosen = interpolate(method.task.params, params, strength);
      const pictures = await drawSubjects(method.adapted(chosen), subjects, {
        ...config,
        styleWords: method.styleWords,
        signal,
      });
      // A base model whose pictures show nothing of their words has nothing to lose.
      const content = base === 0 ? 1 : await contentOf(pictures) / base;
      progress.update(tried.push({ strength, content }), { content: content.toFixed(3) });
      if (content >= keepContent) break;
    }
    tf.dispose(params);
    return { params: chosen, tried };
  } finally {
    progress.stop();
  }
}
