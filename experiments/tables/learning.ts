/** How fast rows learn: what a score of validation concepts comes to over the training. */
import { mean } from "simple-statistics";
import { renderTable, type TableFormat } from "specialist/internal/runtime/mod.ts";
import { halfWidth, numberText, runsOf } from "./statistics.ts";
import type { Summary } from "./summary.ts";

/** The scores that runs record while they train. */
export const curveScores = [
  { curve: "truth", y: "mean likeness to the true drawing" },
  { curve: "clipScore", y: "mean content" },
] as const;

type CurveName = typeof curveScores[number]["curve"];

export type CurvePoint = {
  step: number;
  /** Trained until then; neither preparation nor the drawing of the points counts. */
  seconds: number;
  value: number;
  /** Two standard errors over the row's runs. */
  uncertainty?: number;
};

type LearningCurve = {
  label: string;
  /** In the order of their steps, at least one. */
  points: CurvePoint[];
};

/** A curve for each row whose runs have one: their mean, at the steps that all of them have. */
export function learningCurves(summary: Summary, curve: CurveName): LearningCurve[] {
  return summary.rows
    .map(({ label }) => ({ label, points: meanCurve(summary, label, curve) }))
    .filter(({ points }) => points.length > 0);
}

function meanCurve(summary: Summary, label: string, curve: CurveName): CurvePoint[] {
  const points = runsOf(summary, label).map(({ curves }) =>
    (curves?.[curve] ?? []).map(({ step, value }, i) => ({
      step,
      value,
      seconds: curves!.seconds[i].value,
    }))
  );
  return Map.groupBy(points.flat(), ({ step }) => step).entries().toArray()
    .filter(([, found]) => found.length === points.length)
    .map(([step, found]) => ({
      step,
      value: mean(found.map(({ value }) => value)),
      uncertainty: halfWidth(found.map(({ value }) => value)),
      seconds: mean(found.map(({ seconds }) => seconds)),
    }));
}

/** The value after `seconds`, on the line between two points; undefined where it ended before. */
function valueAfter(points: readonly CurvePoint[], seconds: number): number | undefined {
  const next = points.findIndex((point) => point.seconds >= seconds);
  if (next <= 0) return points[next]?.value;
  const [a, b] = [points[next - 1], points[next]];
  const share = (seconds - a.seconds) / (b.seconds - a.seconds);
  return a.value + share * (b.value - a.value);
}

// Speed of learning in numbers: a score after given steps, and after given seconds.

/** Parts of the training after which the score is shown. */
const parts = [0.25, 0.5, 1];

/** The seconds end where the fastest row's training does: by then, every row has a score. */
export function learningTable(curves: readonly LearningCurve[], format: TableFormat): string {
  const all = curves.flatMap(({ points }) => points);
  const { plain } = numberText(
    all.map(({ value }) => value),
    all.map(({ uncertainty }) => uncertainty),
  );
  const column = (title: string, value: (curve: LearningCurve) => number | undefined) => ({
    title,
    value(curve: LearningCurve) {
      const found = value(curve);
      return found === undefined ? "–" : plain(found);
    },
    align: "right" as const,
  });
  return renderTable([...curves], [
    { title: "", value: ({ label }) => label },
    ...shownSteps(curves).map((step) =>
      column(`step ${step}`, ({ points }) => points.find((point) => point.step === step)?.value)
    ),
    ...shownSeconds(curves).map((seconds) =>
      column(`${seconds.toFixed(1)} s`, ({ points }) => valueAfter(points, seconds))
    ),
  ], format);
}

/** The start and some of the steps that all rows have, the last among them. */
function shownSteps(curves: readonly LearningCurve[]): number[] {
  const [first, ...others] = curves.map(({ points }) => points.map(({ step }) => step));
  const shared = first.filter((step) => others.every((steps) => steps.includes(step)));
  const at = [0, ...parts].map((part) => Math.round(part * (shared.length - 1)));
  return [...new Set(at)].flatMap((i) => shared[i] ?? []);
}

function shownSeconds(curves: readonly LearningCurve[]): number[] {
  const shortest = Math.min(...curves.map(({ points }) => points.at(-1)!.seconds));
  return parts.map((part) => part * shortest);
}
