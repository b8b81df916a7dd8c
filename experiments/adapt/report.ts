import type { Image } from "specialist/images/mod.ts";
import { clipScoreFigure, courseFigure, stableLossFigure } from "specialist/plots/mod.ts";
import { gitCommit, libraryVersions, type Run } from "specialist/records/mod.ts";
import type {
  Comparison,
  Curve,
  Highlight,
  ReportData,
  StepDrawings,
} from "specialist/report/mod.ts";
import type { AdaptConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { stylePrompt } from "specialist/specialist/mod.ts";
import type { AdaptResult } from "./result.ts";

/** Concepts shown side by side. */
const shown = 24;

type ReportParts = {
  config: AdaptConfig;
  context: Context;
  run: Run;
  backend: string;
  result: AdaptResult;
  before: Image[];
  after: Image[];
  duringTraining: StepDrawings[];
};

export function reportOf(parts: ReportParts): ReportData {
  const { config, context, run, backend, result, duringTraining } = parts;
  const { style } = context;
  const versions = Object.entries(libraryVersions()).map(([name, version]) => `${name} ${version}`);
  return {
    title: `${style.styleWords}: ${config.method.method}`,
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
    config,
    provenance: {
      seed: `${config.seed}`,
      backend,
      versions: versions.join(", "),
      commit: gitCommit() ?? "unknown",
      ...context.datasets,
    },
    cost: { phases: result.phases, peakMemoryBytes: result.peakMemoryBytes },
  };
}

function headline({ config, context, result }: ReportParts): string {
  const { style, subjects } = context;
  const truth = result.scores.find(({ name }) => name === "truth");
  const start = `After ${config.training.steps} steps on ${style.shots.length} pictures`;
  if (!truth) return `${start}, the model draws in the style "${style.styleWords}".`;
  return `${start}, drawings of ${subjects.length} held-out concepts are ` +
    `${truth.after > truth.before ? "more" : "not more"} like the designer's own: ` +
    `cosine ${truth.before.toFixed(3)} before, ${truth.after.toFixed(3)} after.`;
}

function highlights({ scores, strengths, phases, skippedSteps }: AdaptResult): Highlight[] {
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
function comparisons({ context, before, after }: ReportParts): Comparison[] {
  const { subjects, style } = context;
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

function curves({ curves }: AdaptResult): Curve[] {
  return [
    {
      title: "Stable losses",
      description:
        "The loss on fixed pictures, noise and timesteps, of the shots and of held-out " +
        "drawings of the style. Where they part, the model begins to learn the shots by heart.",
      figure: stableLossFigure({ shots: curves.shots, heldOut: curves.heldOut }),
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
    {
      title: "CLIP score",
      description: "How well drawings of held-out concepts show what they should, over training.",
      figure: clipScoreFigure([{ name: "held-out concepts", points: curves.clipScore }]),
    },
  ];
}
