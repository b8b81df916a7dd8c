/** The contents of a run's report. */
import type { Image } from "./data/mod.ts";
import type { RunResult, Subject } from "./evaluation/mod.ts";
import {
  clipScoreFigure,
  type Comparison,
  courseFigure,
  type Curve,
  fixedNoiseLossFigure,
  type Highlight,
  lossesFigure,
  type ReportData,
  type StepDrawings,
} from "./figures/mod.ts";
import { gitCommit, libraryVersions, type Run } from "./internal/runtime/mod.ts";
import type { Lab } from "./lab.ts";
import { describeMethod, type Method, stylePrompt } from "./specialist/mod.ts";
import type { RunConfig } from "./train_config.ts";

/** Concepts shown side by side. */
const shown = 24;

type ReportParts = {
  lab: Lab;
  method: Method;
  config: RunConfig;
  run: Run;
  /** What was drawn and scored. */
  subjects: readonly Subject[];
  result: RunResult;
  before: Image[];
  after: Image[];
  duringTraining: StepDrawings[];
};

export function reportOf(parts: ReportParts): ReportData {
  const { lab, method, config, run, result, duringTraining } = parts;
  const { style } = lab;
  const versions = Object.entries(libraryVersions()).map(([name, version]) => `${name} ${version}`);
  return {
    title: `${style.styleWords}: ${method.name}`,
    headline: headline(parts),
    run: { id: run.id, finishedAt: new Date() },
    highlights: highlights(result),
    shots: style.shots.map(({ image, caption }) => ({ image, caption })),
    comparisons: comparisons(parts),
    duringTraining,
    curves: curves(result),
    scores: result.scores.map(({ title, description, better, before, after, interval }) => ({
      metric: title,
      description,
      better,
      before,
      after,
      interval,
    })),
    config: { ...lab.config, method: describeMethod(method), ...config },
    provenance: {
      seed: `${config.seed}`,
      backend: lab.backend,
      versions: versions.join(", "),
      commit: gitCommit() ?? "unknown",
      ...lab.datasets,
    },
    cost: { phases: result.phases, peakMemoryBytes: result.peakMemoryBytes },
  };
}

function headline({ config, lab: { style }, subjects, result }: ReportParts): string {
  const truth = result.scores.find(({ name }) => name === "truth");
  const start = `After ${config.training.steps} steps on ${style.shots.length} images`;
  if (!truth) return `${start}, drawings of ${subjects.length} prompts in "${style.styleWords}".`;
  return `${start}, drawings of ${subjects.length} held-out concepts are ` +
    `${truth.after > truth.before ? "more" : "not more"} like the designer's own: ` +
    `cosine ${truth.before.toFixed(3)} before, ${truth.after.toFixed(3)} after.`;
}

function highlights({ scores, strengths, phases, skippedSteps }: RunResult): Highlight[] {
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const chosen = strengths.at(-1);
  return [
    ...scores.map(({ title, before, after }) => ({
      label: title,
      value: after.toPrecision(3),
      note: `${before.toPrecision(3)} before`,
    })),
    ...chosen
      ? [{
        label: "strength",
        value: `${chosen.strength}`,
        note: `${(100 * chosen.content).toFixed(0)} % of the content left, as the guide sees it`,
      }]
      : [],
    ...skippedSteps
      ? [{ label: "skipped steps", value: `${skippedSteps}`, note: "not finite: nothing learned" }]
      : [],
    { label: "time", value: `${(seconds / 60).toFixed(1)} min` },
  ];
}

/** Concepts from all over the list. */
function comparisons({ lab: { style }, subjects, before, after }: ReportParts): Comparison[] {
  const count = Math.min(shown, subjects.length);
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor(i * subjects.length / count);
    const { id, item, truth } = subjects[at];
    return {
      concept: id.replaceAll("-", " "),
      caption: stylePrompt(item, style.styleWords),
      before: before[at],
      after: after[at],
      truth,
    };
  });
}

function curves({ curves }: RunResult): Curve[] {
  return [
    {
      title: "Fixed-noise losses",
      description: "The loss on fixed images, noise and timesteps, of the shots and of held-out " +
        "drawings of the style. Where they part, the model begins to memorize the shots.",
      figure: fixedNoiseLossFigure({ shots: curves.shots, heldOut: curves.heldOut }),
    },
    {
      title: "Gradient norm",
      description: "Of single steps, before clipping. Peaks are batches that pull hard; growth " +
        "without end is a learning rate that is too high.",
      figure: courseFigure(
        "norm of the gradient",
        [{ name: "before clipping", points: curves.gradNorm ?? [] }],
        "optimizer step",
      ),
    },
    ...namedLosses(curves),
    {
      title: "Content",
      description: "How well drawings of held-out concepts show what they should, over training.",
      figure: clipScoreFigure([{ name: "held-out concepts", points: curves.clipScore }]),
    },
  ];
}

/** Each loss over the steps, and its share of the gradient; nothing where there is just one. */
function namedLosses({ losses = {}, shares = {} }: RunResult["curves"]): Curve[] {
  if (Object.keys(losses).length < 2) return [];
  return [
    {
      title: "Losses",
      description: "Each loss of the method before it is weighted, at the steps that have it.",
      figure: lossesFigure("loss before weighting", losses),
    },
    {
      title: "Shares of the gradient",
      description: "The norm of each weighted loss's own gradient, as a share of their sum.",
      figure: lossesFigure("share of the gradient", shares),
    },
  ];
}
