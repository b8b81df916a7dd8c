/** How fast rows learn: what a score of validation concepts comes to over the training. */
import { mean } from "simple-statistics";
import { runsOf } from "./statistics.ts";
import type { Summary } from "./summary.ts";

/** The scores that runs record while they train. */
export const curveScores = [
  { curve: "truth", y: "mean likeness to the true drawing" },
  { curve: "clipScore", y: "mean CLIP score" },
] as const;

export type CurveName = typeof curveScores[number]["curve"];

export type CurvePoint = {
  step: number;
  /** Trained until then; neither preparation nor the drawing of the points counts. */
  seconds: number;
  value: number;
};

export type LearningCurve = {
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
      seconds: mean(found.map(({ seconds }) => seconds)),
    }));
}

/** The value after so many seconds, on the line between two points; undefined where it ended before. */
export function valueAfter(points: readonly CurvePoint[], seconds: number): number | undefined {
  const next = points.findIndex((point) => point.seconds >= seconds);
  if (next <= 0) return points[next]?.value;
  const [a, b] = [points[next - 1], points[next]];
  const share = (seconds - a.seconds) / (b.seconds - a.seconds);
  return a.value + share * (b.value - a.value);
}
