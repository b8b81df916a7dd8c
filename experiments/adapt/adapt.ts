/** Teaches a base model a style from a few shots, draws held-out concepts before and after, scores. */
import { join } from "node:path";
import {
  compareScores,
  judgePictures,
  type ScoreComparison,
  type Subject,
} from "specialist/evaluation/mod.ts";
import { type Image, writePng } from "specialist/images/mod.ts";
import { createMethod } from "specialist/methods/mod.ts";
import {
  saveStableDiffusion,
  type StableDiffusion,
} from "specialist/models/stable_diffusion/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import { performRun, type Run, runIdOf, type RunRecord } from "specialist/records/mod.ts";
import { comparisonGrid, writeReport } from "specialist/report/mod.ts";

import { tf, useBackend } from "specialist/tensorflow/mod.ts";
import { train } from "specialist/training/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { type Context, loadContext } from "./context.ts";
import { createCurves, type Curves, readCurves } from "./curves.ts";
import { drawSubjects } from "./draw_subjects.ts";
import { adaptIdentity } from "./identity.ts";
import { peakMemory } from "./process_memory.ts";
import { createPhases, type Phase } from "./phases.ts";
import { reportOf } from "./report.ts";

/** What an adaptation found out; all that the report and the table show. */
export type AdaptResult = {
  /** Concepts that the scores are of. */
  subjects: number;
  scores: ScoreComparison[];
  phases: Phase[];
  peakMemoryBytes: number;
  curves: Curves;
};

/** @returns the run's record, and the folder with the report, the pictures and the adapted model */
export async function adapt(
  config: AdaptConfig,
  signal?: AbortSignal,
): Promise<{ record: RunRecord; folder: string }> {
  const backend = await useBackend();
  console.log(`Computing with ${backend}`);
  const context = await loadContext(config);
  const identity = adaptIdentity(config, context.datasets);
  const folder = config.output ?? join("runs", runIdOf(identity));
  const record = await performRun(
    { identity, folder, backend },
    (run) => adaptRun(config, context, run, backend, signal),
  );
  return { record, folder };
}

async function adaptRun(
  config: AdaptConfig,
  context: Context,
  run: Run,
  backend: string,
  signal?: AbortSignal,
): Promise<AdaptResult> {
  const { seed, training, evaluation } = config;
  const { style, model, guide, judge, captions, subjects } = context;
  const phases = createPhases();
  const draw = (model: StableDiffusion, styleWords: string, label: string) =>
    drawSubjects(model, subjects, { ...config, styleWords, label, signal });

  const before = await phases.measure(
    "Drawing before",
    () => draw(model, style.styleWords, "Drawing before"),
  );

  const method = await createMethod(config.method, {
    model,
    shots: style.shots,
    styleWords: style.styleWords,
    guide,
    captionIndex: captions,
    sampling: { sampler: config.sampling.sampler, steps: config.sampling.steps },
    signal,
  });
  const curves = createCurves(config, context, method.styleWords, run, signal);
  const progress = createProgress({
    label: "Adapting",
    total: training.steps,
    unit: "steps",
    initial: run.checkpoint?.step ?? 0,
  });
  const params = await phases.measure("Adapting", async () => {
    try {
      if (!run.checkpoint) await curves.add(0, method.adapted(method.task.params));
      return await train(method.task, training, {
        seed: `${seed} adapt`,
        run,
        signal,
        async onStep(step, loss, weights) {
          progress.update(step, { loss: loss.toFixed(4) });
          if (step % evaluation.every !== 0 && step !== training.steps) return;
          const params = weights.read();
          await curves.add(step, method.adapted(params));
          tf.dispose(params);
        },
      });
    } finally {
      progress.stop();
    }
  });
  const adapted = method.adapted(params);
  const after = await phases.measure(
    "Drawing after",
    () => draw(adapted, method.styleWords, "Drawing after"),
  );

  const scores = await phases.measure("Scoring", async () => {
    const [a, b] = [
      await judgePictures(judge, subjects, before),
      await judgePictures(judge, subjects, after),
    ];
    return compareScores(a, b, seed);
  });
  const result: AdaptResult = {
    subjects: subjects.length,
    scores,
    phases: phases.all(),
    peakMemoryBytes: peakMemory(),
    curves: await readCurves(run.folder),
  };

  await saveStableDiffusion(join(run.folder, "model"), adapted, { dtype: "F16" });
  await savePictures(run, subjects, { before, after });
  const report = reportOf({ config, context, run, backend, result, before, after });
  await writePng(join(run.folder, "grid.png"), await comparisonGrid(report.comparisons));
  await writeReport(join(run.folder, "report.html"), report);
  return result;
}

async function savePictures(
  run: Run,
  subjects: readonly Subject[],
  pictures: Record<"before" | "after", Image[]>,
): Promise<void> {
  for (const [name, images] of Object.entries(pictures)) {
    const folder = join(run.samplesFolder, name);
    await Deno.mkdir(folder, { recursive: true });
    for (const [i, image] of images.entries()) {
      await writePng(join(folder, `${subjects[i].id}.png`), image);
    }
  }
}
