import type { Subject } from "../evaluation/mod.ts";
import type { Image } from "../images/mod.ts";
import type { Backbone } from "../diffusion/backbone.ts";
import { sample, type SampleOptions } from "../sampling/mod.ts";
import { emojiPreset, stylePrompt } from "../specialist/mod.ts";
import { stepsOf } from "./fast.ts";
import { interruptSignal } from "./interrupt.ts";
import { openPanel } from "./panel.ts";

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
