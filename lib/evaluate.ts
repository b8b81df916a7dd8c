/** Scores of any model in a lab, against the lab's base model. */
import type { z } from "zod";
import type { Image } from "./data/mod.ts";
import {
  type AdaptationScores,
  drawDrift,
  drawSubjects,
  scoreAdaptation,
  type Subject,
} from "./evaluation/mod.ts";
import { createProgress, validate } from "./internal/runtime/mod.ts";
import type { Lab } from "./lab.ts";
import type { Backbone } from "./models/mod.ts";
import { runSubjects } from "./run_identity.ts";
import { runSchema } from "./train_config.ts";

const evaluateSchema = runSchema.pick({
  seed: true,
  sampling: true,
  strength: true,
  evaluation: true,
});

export type EvaluateOptions = Omit<z.input<typeof evaluateSchema>, "strength"> & {
  /** What prompts of the scored model say for the style; the style's own words by default. */
  trigger?: string;
  signal?: AbortSignal;
  /** How progress is shown; on the terminal by default. */
  progress?: typeof createProgress;
};

export type Evaluation = AdaptationScores & {
  /** What was drawn. */
  subjects: Subject[];
  images: { before: Image[]; after: Image[] };
};

/**
 * Scores a model on held-out concepts of the lab's style, or on prompts of your own, against the lab's
 * base model on the same noise. Without true drawings, the scores are those that need none: content,
 * style, memorisation and drift.
 *
 * ```ts
 * import { evaluate, loadStableDiffusion, openLab } from "specialist";
 *
 * const lab = await openLab({ data: "my-images" });
 * const { scores } = await evaluate(lab, await loadStableDiffusion("my-model"));
 * for (const { title, before, after } of scores) console.log(title, before, after);
 * ```
 *
 * @throws UserError where an option is wrong, or the lab has no judge; the signal's reason
 */
export async function evaluate(
  lab: Lab,
  model: Backbone,
  { trigger, signal, progress = createProgress, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  const config = validate(evaluateSchema, {
    ...options,
    sampling: { ...lab.preset.sampling, ...options.sampling },
  }, "evaluate");
  const { judge, style: { styleWords, shots }, cache } = lab;
  const { seed, sampling } = config;
  const { subjects, curveSubjects } = await runSubjects(lab, config);
  const drawing = { seed, sampling, signal, progress };
  const draw = (which: string, model: Backbone, styleWords: string, cache?: Lab["cache"]) =>
    drawSubjects(model, subjects, {
      ...drawing,
      ...{ styleWords, cache, label: `Drawing with the ${which}` },
    });
  const before = await draw("base", lab.model, styleWords, cache);
  const after = await draw("model", model, trigger ?? styleWords);
  const drift = await drawDrift(judge, {
    ...{ ...drawing, base: lab.model, adapted: model, subjects: curveSubjects },
    caches: { base: cache },
  });
  const scores = await scoreAdaptation({
    ...{ judge, model: lab.model, shots, subjects, before, after, drift, seed },
  });
  return { ...scores, subjects, images: { before, after } };
}
