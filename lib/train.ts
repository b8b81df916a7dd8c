/** One run: a base model learns a style from a few shots, draws held-out concepts before and after, is scored. */
import { join } from "node:path";
import type { z } from "zod";
import { type Image, writePng } from "./data/mod.ts";
import {
  createCurves,
  drawSubjects,
  readCurves,
  readSkippedSteps,
  resultOf,
  type RunResult,
} from "./evaluation/mod.ts";
import { comparisonGrid, writeReport } from "./figures/mod.ts";
import {
  createProgress,
  libraryVersions,
  performRun,
  readMetrics,
  type Run,
  runIdOf,
  type RunRecord,
  runsFolder,
} from "./internal/runtime/mod.ts";
import { tf } from "./internal/tensor/mod.ts";
import type { Lab } from "./lab.ts";
import { type Params, saveStableDiffusion } from "./models/mod.ts";
import { runConfigOf, runIdentity, runSubjects } from "./run_identity.ts";
import { completeMethod, describeMethod, type Method, prepareMethod } from "./specialist/mod.ts";
import { requireMemory } from "./run_memory.ts";
import { openRunCache } from "./train_cache.ts";
import type { RunConfig, runSchema } from "./train_config.ts";
import { createValidation, saveAddition, saveImages } from "./train_outputs.ts";
import { reportOf } from "./train_report.ts";
import { drawAndScore } from "./train_scoring.ts";
import { fit, type StepNumbers, trainingClock, type Weights, withEvents } from "./training/mod.ts";

/** Settings of a run, the preset's where missing, and callbacks. */
export type TrainOptions = z.input<typeof runSchema> & {
  /** Stops the run, which resumes when it is started again. */
  signal?: AbortSignal;
  /** How progress is shown; on the terminal by default. */
  progress?: typeof createProgress;
  onStep?(step: number, numbers: StepNumbers): void;
  /** Called with each point of the curves: the mean content score, and the images drawn for it. */
  onCurve?(point: { step: number; clipScore: number; images: Image[] }): void | Promise<void>;
};

/** A run's callbacks, and the signal that stops it. */
type Watch = Pick<TrainOptions, "signal" | "progress" | "onStep" | "onCurve">;

export type FinishedRun = {
  record: RunRecord;
  /** Where the report, the images and the adapted model are. */
  folder: string;
  result: RunResult;
};

/**
 * Trains a method in a lab, once: a finished run is only read, an interrupted one resumes.
 *
 * ```ts
 * import { openLab, specialist, train } from "specialist";
 *
 * const { folder } = await train(await openLab(), specialist(), { training: { steps: 100 } });
 * ```
 *
 * @throws UserError where a setting is wrong or something is missing; the signal's reason
 */
export async function train(
  lab: Lab,
  method: Method,
  { signal, progress, onStep, onCurve, ...options }: TrainOptions = {},
): Promise<FinishedRun> {
  const watch = { signal, progress, onStep, onCurve };
  return await runTraining(lab, method, runConfigOf(lab, method, options), watch);
}

/** {@link train} with settings that are complete: no preset adds to them. */
export async function runTraining(
  lab: Lab,
  given: Method,
  config: RunConfig,
  watch: Watch = {},
): Promise<FinishedRun> {
  const method = completeMethod(given, lab.preset);
  const identity = runIdentity(lab, method, config);
  const folder = config.output ?? join(runsFolder(), runIdOf(identity));
  const record = await performRun(
    { identity, folder, backend: lab.backend },
    (run) => {
      const work = (run: Run) => perform(lab, method, config, run, watch);
      return config.tensorboard ? withEvents(run, work) : work(run);
    },
  );
  return { record, folder, result: resultOf(record) };
}

/** @param method complete, with the preset's settings where it has none of its own */
async function perform(
  lab: Lab,
  method: Method,
  config: RunConfig,
  run: Run,
  { signal, progress: open = createProgress, onStep, onCurve }: Watch,
): Promise<RunResult> {
  const { seed, training, sampling, evaluation } = config;
  const { style, model, judge, cache } = lab;
  const { styleWords } = style;
  const { subjects, kinds, curveSubjects, strengthSubjects } = await runSubjects(lab, config);
  const drawing = { seed, sampling, signal, progress: open };
  const own = await openRunCache(run, lab);

  const prepared = await own.measure("Preparing", () =>
    prepareMethod(method, {
      model,
      shots: style.shots,
      styleWords,
      sampling,
      ...availableIn(lab),
      cache,
      signal,
    }));
  requireMemory(lab, prepared.task.params, training);

  const before = await own.measure(
    "Drawing before",
    () => drawSubjects(model, subjects, { ...drawing, styleWords, label: "Drawing before", cache }),
  );

  const adaptedWords = prepared.styleWords;
  const curves = createCurves({
    ...{ model, judge, shots: style.shots, subjects: curveSubjects },
    ...{ styleWords: adaptedWords, seed, sampling, signal },
  }, run);
  const { every, prompts } = config.validation ?? { every: Infinity, prompts: [] };
  const validation = createValidation(
    { every, prompts },
    { seed, sampling, signal, styleWords: adaptedWords, steps: training.steps },
    run,
  );
  const recorded = new Set(
    (await readMetrics(run.folder)).flatMap((line) => "clipScore.mean" in line ? [line.step] : []),
  );
  const clock = await trainingClock(run);
  const addPoint = async (step: number, params: Params) => {
    const model = prepared.adapted(params);
    const point = await curves.add(step, clock.seconds(), model, own.images(`step ${step}`));
    await onCurve?.({ step, ...point });
  };
  /** What is measured and drawn after a step; what was, before an interruption, is not repeated. */
  const follow = async (step: number, weights: Weights) => {
    const isPoint = isCurvePoint(step, training.steps, evaluation) && !recorded.has(step);
    if (!isPoint && !validation.isDue(step)) return;
    clock.stop();
    const params = weights.read();
    if (isPoint) await addPoint(step, params);
    if (validation.isDue(step)) {
      await validation.draw(step, prepared.adapted(params), own.images(`step ${step}`));
    }
    tf.dispose(params);
    clock.start();
  };

  const trained = await own.measure("Training", async () => {
    const progress = open({
      label: "Training",
      total: training.steps,
      unit: "steps",
      initial: run.checkpoint?.step ?? 0,
    });
    try {
      if (!run.checkpoint) await addPoint(0, prepared.task.params);
      clock.start();
      return await fit(prepared.task, training, {
        seed: `${seed} train`,
        run: clock.run,
        signal,
        async onStep(step, loss, weights, numbers) {
          progress.update(step, { loss: loss.toFixed(4) });
          onStep?.(step, numbers);
          await follow(step, weights);
        },
        onResume: follow,
      });
    } finally {
      clock.stop();
      progress.stop();
    }
  });
  const drawn = { subjects, kinds, curveSubjects, strengthSubjects, before };
  const { params, adapted, after, result: scored } = await drawAndScore({
    ...{ lab, config, prepared, trained, drawn, drawing, own },
  });
  const result: RunResult = {
    subjects: subjects.length,
    ...scored,
    trainingSeconds: clock.seconds(),
    skippedSteps: await readSkippedSteps(run.folder),
    adapterBytes: halfPrecisionBytes(params),
    ...own.cost(),
    curves: await readCurves(run.folder),
  };

  await saveStableDiffusion(join(run.folder, "model"), adapted, { dtype: "F16" });
  const addition = prepared.addition?.(params);
  if (addition) {
    await saveAddition(run.folder, addition, {
      title: run.id,
      trigger: adaptedWords,
      model,
      size: model.imageSize(),
      date: new Date().toISOString(),
      // Without paths, which are private where the file is passed on.
      training: {
        ...{ method: describeMethod(method), training, seed },
        ...{ datasets: lab.datasets, versions: libraryVersions() },
      },
    });
  }
  await saveImages(join(run.samplesFolder, "before"), subjects, before);
  await saveImages(join(run.samplesFolder, "after"), subjects, after);
  const report = reportOf({
    ...{ lab, method, config, run, subjects, result, before, after },
    duringTraining: await validation.read(),
  });
  await writePng(join(run.folder, "grid.png"), await comparisonGrid(report.comparisons));
  await writeReport(join(run.folder, "report.html"), report);
  tf.dispose(params);
  return result;
}

/** Whether the curves have a point after a step. */
function isCurvePoint(
  step: number,
  steps: number,
  { every, at }: RunConfig["evaluation"],
): boolean {
  return step === steps || (at ? at.includes(step) : step % every === 0);
}

/** The lab's guide and captions, where it has them: a method that needs one says so itself. */
function availableIn(lab: Lab): Partial<{ guide: Lab["guide"]; captionIndex: Lab["captions"] }> {
  return lab.has("guide") ? { guide: lab.guide, captionIndex: lab.captions } : {};
}

function halfPrecisionBytes(params: Params): number {
  return Object.values(params).reduce((sum, { size }) => sum + 2 * size, 0);
}
