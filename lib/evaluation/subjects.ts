/** Subjects that models draw to be scored. */
import { type Emoji, type Image, itemCaptions, type Prompts, type Splits } from "../data/mod.ts";
import { type SampleCache, sampleCached, type SampleOptions } from "../diffusion/mod.ts";
import { createProgress, UserError } from "../internal/runtime/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { fillTemplate, stylePrompt } from "../specialist/mod.ts";

/** What a model is asked to draw and, where known, the true drawing. */
export type Subject = {
  /** The concept's name. */
  id: string;
  /** What to draw, without style: "a red apple". */
  item: string;
  /** What the prompt says in place of it: a paraphrase. */
  words?: string;
  /** The sentence that joins words and style, where it is not the usual one. */
  template?: string;
  /** The designer's own drawing in the style. */
  truth?: Image;
};

/** A split's concepts with a set's drawings of them. */
export function benchmarkSubjects(
  emoji: Emoji,
  splits: Splits,
  { split, set }: { split: "validation" | "test" | "unseen"; set: string },
): Subject[] {
  const ids = new Set(splits[split]);
  return emoji.concepts.filter(({ id }) => ids.has(id)).map((concept) => ({
    id: concept.id,
    item: itemCaptions(concept)[0],
    truth: emoji.image(set, concept.id),
  }));
}

/**
 * A prompt as a subject. Its id is numbered, since the names of two prompts may be the same,
 * and short, being a file's name.
 */
export function promptSubject(item: string, i: number): Subject {
  const name = item.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
  return { id: `${i + 1}-${name}`, item };
}

/** How the prompts of concepts may differ from what a model was trained with. */
export const promptKinds = ["template", "paraphrase"] as const;
export type PromptKind = typeof promptKinds[number];

/**
 * The same concepts in other prompts: in sentences that no training caption has, or in hand-written
 * paraphrases. The concepts take turns.
 *
 * @throws UserError where a concept has no paraphrase
 */
export function rephrased(
  subjects: readonly Subject[],
  kind: PromptKind,
  { templates, paraphrases }: Prompts,
): Subject[] {
  return subjects.map((subject, i) => {
    if (kind === "template") return { ...subject, template: templates[i % templates.length] };
    const known = paraphrases[subject.id];
    if (known) return { ...subject, words: known[i % known.length] };
    throw new UserError({
      what: `there is no paraphrase of ${subject.id}`,
      field: "evaluation.kinds",
      value: kind,
      remedy: "leave it out, or score validation or test concepts of the benchmark",
    });
  });
}

/** The whole prompt of a subject; without style if that is left out. */
export function promptOf({ item, words = item, template }: Subject, styleWords?: string): string {
  if (styleWords === undefined) return words;
  return template === undefined
    ? stylePrompt(words, styleWords)
    : fillTemplate(template, { item: words, style: styleWords });
}

/** `count` of a list, from all over it. */
export function spread<T>(list: readonly T[], count = list.length): T[] {
  const taken = Math.min(count, list.length);
  return Array.from({ length: taken }, (_, i) => list[Math.floor(i * list.length / taken)]);
}

// Drawing subjects to be scored.

export type DrawOptions = {
  /** What the style is called; prompts are without style if it is left out. */
  styleWords?: string;
  seed: number;
  sampling: Pick<SampleOptions, "steps" | "guidanceScale" | "sampler" | "precision">;
  /** Shown with a progress bar; none is shown without. */
  label?: string;
  /** How progress is shown; on the terminal by default. */
  progress?: typeof createProgress;
  /** Where the images are cached. */
  cache?: SampleCache;
  signal?: AbortSignal;
};

/** An image for each subject, from noise of its own that is the same for all models. */
export async function drawSubjects(
  model: Backbone,
  subjects: readonly Subject[],
  { styleWords, seed, sampling, label, progress: open = createProgress, cache, signal }:
    DrawOptions,
): Promise<Image[]> {
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await sampleCached(model, {
      prompts: subjects.map((subject) => promptOf(subject, styleWords)),
      ...sampling,
      seed: `${seed} evaluation`,
      signal,
      // Not called for images from the cache, which therefore count towards no rate.
      onBatch(done, total) {
        if (label) progress ??= open({ label, total, unit: "denoising steps", initial: done });
      },
      onStep: (done) => progress?.update(done),
    }, cache);
  } finally {
    progress?.stop();
  }
}
