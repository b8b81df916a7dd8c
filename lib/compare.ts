/** Several methods on the same shots, seeds and noise, and what can be said of their differences. */
import { join } from "node:path";
import { type Image, imageGrid } from "./data/mod.ts";
import {
  base,
  clipCurves,
  type ComparedRun,
  curveOf,
  type curveTitles,
  type ScoreRow,
  type ScoreSummary,
  showSummary,
  stylesOf,
  summarize,
  tradeOffOf,
} from "./comparison.ts";
import {
  conceptScoreInfo,
  type ConceptScoreName,
  type ScoreInfo,
  type Subject,
} from "./evaluation/mod.ts";
import { clipScoreFigure, type Figure } from "./figures/mod.ts";
import { createProgress, type Progress, UserError } from "./internal/runtime/mod.ts";
import type { Lab } from "./lab.ts";
import {
  interruptSignal,
  openPanel,
  type Panel,
  showFigure,
  showSideBySide,
  stepsOf,
} from "./notebook/mod.ts";
import type { Method } from "./specialist/mod.ts";
import { runConfigOf, runSubjects } from "./run_identity.ts";
import { type FinishedRun, train, type TrainOptions } from "./train.ts";
import { readImages } from "./train_outputs.ts";

/** A score of one's own, of each image that a trained model draws of a held-out concept. */
export type Metric = {
  name: string;
  better: "higher" | "lower";
  measure(image: Image, subject: Subject, lab: Lab): number | Promise<number>;
};

export type CompareOptions =
  & Omit<TrainOptions, "seed" | "output" | "progress" | "onStep" | "onCurve">
  & {
    /** Optimizer steps; the preset's by default. */
    steps?: number;
    /** Each method is trained once with each; only 0 by default. */
    seeds?: readonly number[];
    /** The method that the others are compared with; the first by default. */
    against?: string;
    /** Steps between points of the curves; a quarter of all steps by default. */
    every?: number;
    /** Scores next to likeness, content and style. */
    metrics?: readonly Metric[];
  };

export type ComparisonResult = {
  /** Every score of every image, as plain rows. */
  scores: ScoreRow[];
  /** Each finished run: its record, its folder and its curves. */
  runs: ComparedRun[];
  /** The held-out concepts that were drawn. */
  subjects: Subject[];
  /** What each method draws of the subjects, trained with the first seed, and what the base model does. */
  images: Record<string, Image[]>;
  /** For each method and score, the mean and the paired difference from `against`. */
  summary(): ScoreSummary[];
  /** A curve of each method over optimizer steps as a figure, the mean over seeds. */
  curve(name: keyof typeof curveTitles): Figure;
  /** One score against another, "content" and "truth" (likeness) by default, as a figure. */
  tradeOff(x?: string, y?: string): Figure;
  /** Shows what the methods draw, their content over steps, and the table with intervals. */
  show(): Promise<void>;
};

/** The scores of a run that each image has of its own. */
const shownScores: readonly ConceptScoreName[] = ["truth", "content", "style"];

/** Rows of images that `show` has. */
const shownSubjects = 8;

/**
 * Trains several methods from the same model, seeds and random draws, and scores what they draw of
 * held-out concepts. Runs are those of `train` and of sweeps: a finished one is only read, one that was
 * stopped resumes when this is called again.
 *
 * ```ts
 * import { compare, dreambooth, openLab, specialist } from "specialist";
 *
 * const result = await compare(await openLab({ style: "openmoji" }), {
 *   paper: specialist(),
 *   DreamBooth: dreambooth(),
 * }, { steps: 200, seeds: [0, 1] });
 * await result.show();
 * ```
 *
 * @throws UserError where an option is wrong, before anything is trained; the signal's reason
 */
export async function compare(
  lab: Lab,
  methods: Record<string, Method>,
  options: CompareOptions = {},
): Promise<ComparisonResult> {
  const {
    steps,
    seeds = [0],
    against = Object.keys(methods)[0],
    every,
    metrics = [],
    signal = interruptSignal(),
    ...rest
  } = options;
  refuseWrong(methods, against, seeds);
  const settings = settingsOf(lab, { steps, every, ...rest });
  // All settings are checked before the first run.
  for (const method of Object.values(methods)) runConfigOf(lab, method, settings);
  const jobs = seeds.flatMap((seed) =>
    Object.entries(methods).map(([name, method]) => ({ name, method, seed }))
  );
  const runs: ComparedRun[] = [];
  const live = await openLive(jobs.length, settings.training.steps);
  try {
    for (const { name, method, seed } of jobs) {
      const title = seeds.length > 1 ? `${name}, seed ${seed}` : name;
      const run = await train(lab, method, { ...settings, seed, signal, ...live.watch(title) });
      runs.push({ method: name, seed, run });
      live.finish();
    }
  } finally {
    await live.stop();
  }

  const [first] = runs;
  const { subjects } = await runSubjects(lab, runConfigOf(lab, methods[first.method], settings));
  const drawn = new Map<string, Image[]>();
  for (const { method, seed, run } of runs) {
    const images = await readImages(join(run.folder, "samples", "after"), subjects);
    drawn.set(`${method} ${seed}`, images);
    if (!drawn.has(`${base} ${seed}`)) {
      const before = await readImages(join(run.folder, "samples", "before"), subjects);
      drawn.set(`${base} ${seed}`, before);
    }
  }
  const imagesOf = (method: string, seed: number) => drawn.get(`${method} ${seed}`)!;

  const scores: ScoreRow[] = seeds.flatMap((seed) => {
    const own = runs.filter((run) => run.seed === seed);
    const rows = (method: string, values: FinishedRun["result"]["after"]["concepts"]) =>
      Object.entries(values).flatMap(([score, values]) =>
        values.map((value, i) => ({ method, seed, concept: subjects[i].id, score, value }))
      );
    return [
      ...rows(base, own[0].run.result.before.concepts),
      ...own.flatMap(({ method, run }) => rows(method, run.result.after.concepts)),
    ];
  });
  for (const seed of seeds) {
    for (const method of [base, ...Object.keys(methods)]) {
      for (const { name, measure } of metrics) {
        for (const [i, image] of imagesOf(method, seed).entries()) {
          const value = await measure(image, subjects[i], lab);
          scores.push({ method, seed, concept: subjects[i].id, score: name, value });
        }
      }
    }
  }

  const info: Record<string, Pick<ScoreInfo, "title" | "better">> = Object.fromEntries([
    ...shownScores.map((name) => [name, conceptScoreInfo[name]]),
    ...metrics.map(({ name, better }) => [name, { title: name, better }]),
  ]);
  const summary = () => summarize(scores, info, against);
  const images = Object.fromEntries(
    [base, ...Object.keys(methods)].map((method) => [method, imagesOf(method, seeds[0])]),
  );
  return {
    scores,
    runs,
    subjects,
    images,
    summary,
    curve: (name) => curveOf(name, Object.keys(methods), runs),
    tradeOff: (x = "content", y = "truth") => tradeOffOf(summary(), x, y),
    async show() {
      const names = Object.keys(methods);
      await showSideBySide(subjects.slice(0, shownSubjects), images);
      await showFigure(clipScoreFigure(clipCurves(names, runs), stylesOf(names)));
      await showSummary(summary(), against);
    },
  };
}

/** Validation concepts, few of them drawn on the way, where nothing else is asked for. */
function settingsOf(
  lab: Lab,
  { steps = lab.preset.training.steps ?? 200, every, training, sampling, evaluation, ...rest }:
    CompareOptions,
): Omit<CompareOptions, "signal"> & { training: { steps: number } } {
  const concepts = stepsOf(lab.subjects.length, 4);
  return {
    ...rest,
    training: { ...training, steps: stepsOf(steps, 2) },
    sampling: {
      ...sampling,
      steps: stepsOf(sampling?.steps ?? lab.preset.sampling.steps, 2),
    },
    evaluation: {
      split: "validation",
      concepts,
      every: every ?? Math.max(1, Math.ceil(steps / 4)),
      curveConcepts: Math.min(8, concepts),
      ...evaluation,
    },
  };
}

function refuseWrong(
  methods: Record<string, Method>,
  against: string,
  seeds: readonly number[],
): void {
  const names = Object.keys(methods);
  if (names.length === 0) {
    throw new UserError({ what: "compare: there are no methods", remedy: "give at least one" });
  }
  if (names.includes(base)) {
    throw new UserError({
      what: `compare: no method can be called "${base}", which is the model before training`,
      remedy: "give it another name",
    });
  }
  if (!names.includes(against)) {
    throw new UserError({
      what: "compare: no method has this name",
      field: "against",
      value: against,
      remedy: `choose one of ${names.join(", ")}`,
    });
  }
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) {
    throw new UserError({
      what: "compare: seeds must be different numbers, and at least one",
      field: "seeds",
      value: [...seeds],
      remedy: "write them as seeds: [0, 1]",
    });
  }
}

/** One live display for all runs; on a terminal, a bar for each phase of a run. */
async function openLive(runs: number, steps: number) {
  const panel: Panel = await openPanel({
    label: "Comparing",
    total: runs * steps,
    unit: "steps",
    quiet: true,
  });
  let finished = 0, done = 0;
  return {
    watch(title: string): Pick<TrainOptions, "progress" | "onStep" | "onCurve"> {
      panel.forget();
      return {
        progress: panel.isLive
          ? ({ label }) => phaseOf(panel, `${title}: ${label}`)
          : (options) => createProgress({ ...options, label: `${title}: ${options.label}` }),
        onStep(step, { loss, values, shares }) {
          const now = finished * steps + step;
          // A run that resumes begins with the steps that it has.
          if (now > done + 1) panel.reuse(now - 1);
          panel.update(done = now, { loss, losses: values, shares });
        },
        async onCurve({ step, images }) {
          const image = imageGrid(images.slice(0, shownSubjects), shownSubjects);
          await panel.update(finished * steps + step, {
            image: { image, caption: `${title}, step ${step}` },
          });
        },
      };
    },
    finish() {
      finished++;
      panel.reuse(finished * steps);
      panel.update(done = finished * steps);
    },
    stop: () => panel.stop(),
  };
}

/** A phase of a run as the panel's status. */
function phaseOf(panel: Panel, status: string): Progress {
  panel.status(status);
  return { update() {}, log: (line) => console.log(line), stop() {} };
}
