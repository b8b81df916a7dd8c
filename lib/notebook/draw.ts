/** Draws and scores in a notebook. */
import type { Image } from "../data/mod.ts";
import { sample, type SampleOptions } from "../diffusion/mod.ts";
import {
  estimateScores,
  judgePictures,
  type ScoreEstimate,
  type Subject,
} from "../evaluation/mod.ts";
import type { Backbone, Clip } from "../models/mod.ts";
import { emojiPreset, stylePrompt } from "../specialist/mod.ts";
import { interruptSignal, stepsOf } from "./display.ts";
import { openPanel } from "./panel.ts";
import { showTable } from "./show.ts";

/**
 * An image for each prompt, with live progress; ends when the cell is stopped.
 *
 * ```ts
 * const [castle] = await draw(lab.model, ["a castle"]);
 * ```
 *
 * @param options the shipped model's settings by default, and seed 0
 */
export async function draw(
  model: Backbone,
  prompts: readonly string[],
  options: Partial<SampleOptions> = {},
): Promise<Image[]> {
  const { steps, ...drawing } = { ...emojiPreset.sampling, seed: 0, ...options };
  const calls = stepsOf(steps, 2);
  const panel = await openPanel({
    label: "Drawing",
    total: prompts.length * calls,
    unit: "denoising steps",
  });
  try {
    let shown = Promise.resolve();
    const images = await sample(model, {
      ...drawing,
      prompts,
      steps: calls,
      signal: interruptSignal(),
      onStep(done, total, latents) {
        shown = panel.update(done);
        options.onStep?.(done, total, latents);
      },
    });
    await shown;
    return images;
  } finally {
    await panel.stop();
  }
}

/** An image of each subject, always from the same noise; in no style where no words name one. */
export function drawSubjects(
  model: Backbone,
  subjects: readonly Subject[],
  styleWords?: string,
): Promise<Image[]> {
  return draw(
    model,
    subjects.map(({ item }) => styleWords === undefined ? item : stylePrompt(item, styleWords)),
  );
}

/** Scores of several models' pictures, by the models' names. */
type ScoresByName = Record<string, ScoreEstimate[]>;

/** @param pictures of the lab's subjects, in their order */
export async function scoreEach(
  { judge, subjects }: { judge: Clip; subjects: readonly Subject[] },
  pictures: Record<string, readonly Image[]>,
): Promise<ScoresByName> {
  const scores: ScoresByName = {};
  for (const [name, images] of Object.entries(pictures)) {
    scores[name] = estimateScores(await judgePictures(judge, subjects, images), 0);
  }
  return scores;
}

/** A row for each model, with 95 % intervals over concepts. */
export async function showScores(scores: ScoresByName): Promise<void> {
  const [first] = Object.values(scores);
  await showTable(Object.entries(scores), [
    { title: "", value: ([name]) => name },
    ...first.map(({ title, better }, i) => ({
      title: `${title}, ${better} is better`,
      value([, found]: [string, ScoreEstimate[]]) {
        const { value, low, high } = found[i];
        return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
      },
      align: "right" as const,
    })),
  ]);
}
