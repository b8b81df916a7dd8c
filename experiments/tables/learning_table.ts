/** Speed of learning in numbers: a score after so many steps, and after so many seconds. */
import { renderTable, type TableFormat } from "specialist/tables/mod.ts";
import { type LearningCurve, valueAfter } from "./learning_curves.ts";
import { numberText } from "./number_text.ts";

/** Parts of the training after which the score is shown. */
const parts = [0.25, 0.5, 1];

/** The seconds end where the fastest row's training does: by then, every row has a score. */
export function learningTable(curves: readonly LearningCurve[], format: TableFormat): string {
  const { plain } = numberText(curves.flatMap(({ points }) => points.map(({ value }) => value)));
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
