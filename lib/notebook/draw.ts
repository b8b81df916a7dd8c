/** Draws and scores in a notebook. */
import type { Image } from "../data/mod.ts";
import { createScheduler, sample, type SampleOptions } from "../diffusion/mod.ts";
import {
  compareScores,
  type Judge,
  type Judged,
  judgeSubjects,
  type ScoreComparison,
  type Subject,
} from "../evaluation/mod.ts";
import type { Trajectory } from "../figures/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { emojiPreset } from "../specialist/mod.ts";
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

/**
 * Where each prompt's sample is after every step of the sampler.
 *
 * ```ts
 * await showFigure(trajectoryFigure(await drawTrajectories(lab.model, ["a bus", "a red apple"])));
 * ```
 *
 * @param options those of `draw`
 */
export async function drawTrajectories(
  model: Backbone,
  prompts: readonly string[],
  options: Partial<SampleOptions> = {},
): Promise<Trajectory[]> {
  const { steps, sampler } = { ...emojiPreset.sampling, ...options };
  const scheduler = createScheduler(model.scheduler, stepsOf(steps, 2), { sampler });
  const trajectories: Trajectory[] = prompts.map((name) => ({ name, points: [] }));
  await draw(model, prompts, {
    ...options,
    batchSize: prompts.length,
    onStep(done, total, latents) {
      const timestep = Math.round(scheduler.timesteps[done / prompts.length - 1]);
      const values = latents.dataSync() as Float32Array;
      const size = values.length / prompts.length;
      trajectories.forEach(({ points }, i) =>
        points.push({ timestep, latents: values.slice(i * size, (i + 1) * size) })
      );
      options.onStep?.(done, total, latents);
    },
  });
  scheduler.dispose();
  return trajectories;
}

/**
 * Shows a row for each set of images, with its scores and how they differ from the first set's: on the
 * same subjects, with 95 % intervals over subjects.
 *
 * ```ts
 * await showScores(lab, { before, after });
 * ```
 *
 * @param images of the lab's subjects, in their order
 */
export async function showScores(
  { judge, subjects }: { judge: Judge; subjects: readonly Subject[] },
  images: Record<string, readonly Image[]>,
): Promise<void> {
  const judged: Judged[][] = [];
  for (const drawn of Object.values(images)) {
    judged.push(await judgeSubjects(judge, subjects, drawn));
  }
  const names = Object.keys(images);
  const rows = judged.map((own, i) => ({
    name: names[i],
    isFirst: i === 0,
    scores: compareScores(judged[0], own, 0),
  }));
  await showTable(rows, [
    { title: "", value: ({ name }) => name },
    ...rows[0].scores.flatMap(({ title, better }, i) => [
      {
        title: `${title}, ${better} is better`,
        value: ({ scores }: typeof rows[0]) => text(scores[i].after),
        align: "right" as const,
      },
      {
        title: `difference from ${names[0]}`,
        value: ({ isFirst, scores }: typeof rows[0]) => isFirst ? "" : difference(scores[i]),
        align: "right" as const,
      },
    ]),
  ]);
}

/** "+0.120 (+0.080 to +0.160)" */
function difference({ before, after, interval: { low, high } }: ScoreComparison): string {
  const [middle, ...ends] = [after - before, low, high]
    .map((value) => `${value > 0 ? "+" : ""}${text(value)}`);
  return `${middle} (${ends.join(" to ")})`;
}

function text(value: number): string {
  return value.toFixed(3).replace("-", "−");
}
