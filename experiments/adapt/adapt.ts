/** Teaches a base model a style from a few shots, draws held-out concepts before and after, scores. */
import { join } from "node:path";
import {
  allScores,
  compareScores,
  drawingScores,
  judgePictures,
} from "specialist/evaluation/mod.ts";
import { writePng } from "specialist/images/mod.ts";
import { cosineDistance } from "specialist/metrics/mod.ts";
import { createMethod } from "specialist/methods/mod.ts";
import { saveStableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import { embedImages } from "specialist/models/clip/mod.ts";
import type { Params } from "specialist/nn/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import { performRun, type Run, runIdOf, type RunRecord } from "specialist/records/mod.ts";
import { comparisonGrid, writeReport } from "specialist/report/mod.ts";
import { withEvents } from "specialist/tensorboard/mod.ts";
import { tf, useBackend } from "specialist/tensorflow/mod.ts";
import { train } from "specialist/training/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { type Context, loadContext } from "./context.ts";
import { createCurves, readCurves, readSkippedSteps } from "./curves.ts";
import { drawSubjects } from "./draw_subjects.ts";
import { adaptIdentity } from "./identity.ts";
import { peakMemory } from "./process_memory.ts";
import { createPhases } from "./phases.ts";
import { reportOf } from "./report.ts";
import type { AdaptResult } from "./result.ts";
import { saveAddition } from "./save_addition.ts";
import { savePictures } from "./save_pictures.ts";
import { chooseStrength } from "./strength.ts";
import { trainingClock } from "./training_clock.ts";
import { createValidation } from "./validation.ts";

/** @returns the run's record, and the folder with the report, the pictures and the adapted model */
export async function adapt(
  config: AdaptConfig,
  signal?: AbortSignal,
): Promise<{ record: RunRecord; folder: string }> {
  const backend = await useBackend({ batch: config.training.batchSize });
  console.log(`Computing with ${backend}`);
  const context = await loadContext(config, backend, signal);
  const identity = adaptIdentity(config, context.datasets);
  const folder = config.output ?? join("runs", runIdOf(identity));
  const record = await performRun(
    { identity, folder, backend },
    (run) => {
      const work = (run: Run) => adaptRun(config, context, run, backend, signal);
      return config.tensorboard ? withEvents(run, work) : work(run);
    },
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
  const { style, model, guide, judge, captions, subjects, kept } = context;
  const phases = createPhases();
  const plain = { ...config, styleWords: undefined, signal };

  const before = await phases.measure("Drawing before", () =>
    drawSubjects(model, subjects, {
      ...config,
      styleWords: style.styleWords,
      label: "Drawing before",
      kept,
      signal,
    }));

  const method = await phases.measure("Preparing", () =>
    createMethod(config.method, {
      model,
      shots: style.shots,
      styleWords: style.styleWords,
      guide,
      captionIndex: captions,
      sampling: { sampler: config.sampling.sampler, steps: config.sampling.steps },
      kept,
      signal,
    }));
  const curves = createCurves(config, context, method.styleWords, run, signal);
  const validation = createValidation(config, method.styleWords, run, signal);
  const progress = createProgress({
    label: "Adapting",
    total: training.steps,
    unit: "steps",
    initial: run.checkpoint?.step ?? 0,
  });
  const clock = await trainingClock(run);
  const trained = await phases.measure("Adapting", async () => {
    try {
      if (!run.checkpoint) await curves.add(0, 0, method.adapted(method.task.params));
      clock.start();
      return await train(method.task, training, {
        seed: `${seed} adapt`,
        run: clock.run,
        signal,
        async onStep(step, loss, weights) {
          progress.update(step, { loss: loss.toFixed(4) });
          const isCurvePoint = step % evaluation.every === 0 || step === training.steps;
          if (!isCurvePoint && !validation.isDue(step)) return;
          clock.stop();
          const params = weights.read();
          const current = method.adapted(params);
          if (isCurvePoint) await curves.add(step, clock.seconds(), current);
          if (validation.isDue(step)) await validation.draw(step, current);
          tf.dispose(params);
          clock.start();
        },
      });
    } finally {
      clock.stop();
      progress.stop();
    }
  });
  const { params, tried } = await phases.measure(
    "Choosing the strength",
    () => chooseStrength(method, trained, config, context, signal),
  );
  const adapted = method.adapted(params);
  const after = await phases.measure("Drawing after", () =>
    drawSubjects(adapted, subjects, {
      ...config,
      styleWords: method.styleWords,
      label: "Drawing after",
      signal,
    }));

  const drift = await phases.measure("Drawing without the style", async () => {
    const { curveSubjects } = context;
    const [a, b] = [
      await embedImages(judge, await drawSubjects(model, curveSubjects, { ...plain, kept })),
      await embedImages(judge, await drawSubjects(adapted, curveSubjects, plain)),
    ];
    return a.map((embedding, i) => cosineDistance(embedding, b[i]));
  });

  const scored = await phases.measure("Scoring", async () => {
    const [a, b] = [
      await judgePictures(judge, subjects, before),
      await judgePictures(judge, subjects, after),
    ];
    const shots = style.shots.map(({ image }) => image);
    return {
      scores: compareScores(a, b, seed),
      before: await allScores({ judge, judged: a, pictures: before, shots }),
      after: await allScores({ judge, judged: b, pictures: after, shots }),
      drawings: await drawingScores({ judge, judged: a, shots }),
    };
  });
  const result: AdaptResult = {
    subjects: subjects.length,
    ...scored,
    strengths: tried,
    concepts: subjects.map(({ id }) => id),
    drift: { concepts: context.curveSubjects.map(({ id }) => id), values: drift },
    phases: phases.all(),
    trainingSeconds: clock.seconds(),
    skippedSteps: await readSkippedSteps(run.folder),
    adapterBytes: halfPrecisionBytes(params),
    peakMemoryBytes: peakMemory(),
    curves: await readCurves(run.folder),
  };

  await saveStableDiffusion(join(run.folder, "model"), adapted, { dtype: "F16" });
  const addition = method.addition?.(params);
  if (addition) await saveAddition(run, addition, { config, context, trigger: method.styleWords });
  await savePictures(join(run.samplesFolder, "before"), subjects, before);
  await savePictures(join(run.samplesFolder, "after"), subjects, after);
  const duringTraining = await validation.read();
  const report = reportOf({
    config,
    context,
    run,
    backend,
    result,
    before,
    after,
    duringTraining,
  });
  await writePng(join(run.folder, "grid.png"), await comparisonGrid(report.comparisons));
  await writeReport(join(run.folder, "report.html"), report);
  return result;
}

function halfPrecisionBytes(params: Params): number {
  return Object.values(params).reduce((sum, { size }) => sum + 2 * size, 0);
}
