/** The contents of a run's report. */
import type { Image } from "./data/mod.ts";
import type { RunResult, ScoreComparison, Subject } from "./evaluation/mod.ts";
import {
  clipScoreFigure,
  type Comparison,
  courseFigure,
  type Curve,
  fixedNoiseLossFigure,
  formatCount,
  type Highlight,
  lossesFigure,
  type ReportData,
  type Score,
  scoreText,
  sentenceCase,
  type StepDrawings,
  verdict,
  verdictWords,
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
    title: sentenceCase(`${style.styleWords}: ${method.name}`),
    headline: headline(parts),
    run: { id: run.id, finishedAt: new Date() },
    highlights: highlights(result),
    shots: style.shots.map(({ image, caption }) => ({ image, caption })),
    comparisons: comparisons(parts),
    duringTraining,
    curves: curves(result),
    scores: result.scores.map(reported),
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

/** Drift is from the base model, and has no verdict: every model that learns has some. */
function reported(
  { name, title, description, better, before, after, interval, own }: ScoreComparison,
): Score {
  return {
    metric: title,
    description,
    ...name !== "drift" && { better },
    ...{ before, after, interval, own },
  };
}

/** The scores that say most, in order: the first that a run has is in its headline. */
const decisive = ["truth", "style", "content"];

/** What the statistics say of the score that says most. */
function headline({ config, lab: { style }, subjects, result: { scores } }: ReportParts): string {
  const drawn = subjects.some(({ truth }) => truth) ? "held-out concept" : "prompt";
  const score = decisive.flatMap((wanted) => scores.find(({ name }) => name === wanted) ?? [])[0];
  const start = `After ${counted(config.training.steps, "step")} on ${
    counted(style.shots.length, "image")
  }, drawings of ${counted(subjects.length, drawn)}`;
  if (!score) return `${start} were made; too few to be scored.`;
  const { before, after, interval } = scoreText(reported(score));
  const isLikeness = score.name === "truth";
  const change = {
    better: isLikeness ? "are more like the designer's own" : `score better in ${score.title}`,
    worse: isLikeness ? "are less like the designer's own" : `score worse in ${score.title}`,
    unclear: `show no clear change in ${
      isLikeness ? "likeness to the designer's own" : score.title
    }`,
  }[verdict(reported(score))];
  return `${start} ${change}: ${before} before, ${after} after ` +
    `(95 % interval of the change: ${interval}).`;
}

/** "1 image", "8 images" */
function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function highlights({ scores, strengths, phases, skippedSteps }: RunResult): Highlight[] {
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const chosen = strengths.at(-1);
  return [
    ...scores.map(reported).map((score) => {
      const { before, after } = scoreText(score);
      return {
        label: score.metric,
        value: after,
        note: score.better
          ? `${before} before: ${verdictWords[verdict(score)]}`
          : "of prompts without the style; 0 is the base model itself",
      };
    }),
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
      // A prompt's id is numbered and cut to a file's name.
      concept: truth ? id.replaceAll("-", " ") : item,
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
    ...gradientNorm(curves),
    ...namedLosses(curves),
    {
      title: "Content",
      description: "How well drawings of held-out concepts show what they should, over training.",
      figure: clipScoreFigure([{ name: "held-out concepts", points: curves.clipScore }]),
    },
  ];
}

/** Nothing where no step has logged one. */
function gradientNorm({ gradNorm = [] }: RunResult["curves"]): Curve[] {
  if (gradNorm.length === 0) return [];
  return [{
    title: "Gradient norm",
    description: "Of single steps, before clipping. Peaks are batches that pull hard; growth " +
      "without end is a learning rate that is too high.",
    figure: courseFigure(
      "norm of the gradient",
      [{ name: "before clipping", points: gradNorm }],
      "optimizer step",
    ),
  }];
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
