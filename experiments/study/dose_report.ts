/** The dose stages in the report: what more of one part changes. */
import { type Curve, doseFigure } from "specialist/figures";
import type { Summary } from "../tables/mod.ts";
import type { ContrastRow } from "./contrast_table.ts";
import { type Comparison, difference, trainedLabels } from "./contrasts.ts";
import { primaryScores } from "./scores.ts";

/** A row of a dose stage. */
export type Dose = {
  label: string;
  /** The first number in the label; undefined where it has none, such as all timesteps. */
  amount?: number;
};

/**
 * The rows, from the lowest dose to the highest, without the one that they are compared with: the dose
 * of zero, else the row without a number, else the summary's reference.
 */
export function dosesOf(summary: Summary): { reference: string; doses: Dose[] } {
  const all = trainedLabels(summary).map((label): Dose => {
    const [text] = label.match(/\d+(\.\d+)?/) ?? [];
    return { label, amount: text === undefined ? undefined : Number(text) };
  });
  const reference = all.find(({ amount }) => amount === 0) ??
    all.find(({ amount }) => amount === undefined) ?? { label: summary.reference };
  const doses = all.filter(({ label }) => label !== reference.label)
    .sort((a, b) => (a.amount ?? Infinity) - (b.amount ?? Infinity));
  return { reference: reference.label, doses };
}

/** Each dose less the reference. */
export function doseComparisons({ reference, doses }: ReturnType<typeof dosesOf>): Comparison[] {
  return doses.map(({ label }) => difference(label, label, reference));
}

/** The mean of several doses less the reference. */
export function meanDose(
  name: string,
  doses: readonly Dose[],
  reference: string,
): Comparison {
  const labels = doses.map(({ label }) => label);
  return {
    name,
    labels: [...labels, reference],
    combine: (values) =>
      values.get(reference)!.map((from, i) =>
        labels.reduce((sum, label) => sum + values.get(label)![i], 0) / labels.length - from
      ),
  };
}

/** A figure for each primary score. @param rows judged, each named by its dose */
export function doseFigures(
  { title }: Pick<Summary, "title">,
  { reference, doses }: ReturnType<typeof dosesOf>,
  rows: readonly ContrastRow[],
): Curve[] {
  return primaryScores.flatMap(({ name, better, margin }) => {
    const marks = doses.flatMap(({ label }) => {
      const row = rows.find((row) => row.name === label && row.score === name);
      if (!row) return [];
      const { value, low, high } = row.estimate;
      return [{ name: label, value, interval: { low, high }, verdict: row.verdict }];
    });
    if (marks.length === 0) return [];
    return [{
      title: `${title}: ${name}`,
      description: `Change against ${reference}, with 95 % intervals for other shots, seeds and ` +
        `concepts. In the band, up to ±${margin}, a change is too small to matter.`,
      figure: doseFigure(
        "dose",
        `change of: ${name}, ${better} is better`,
        { reference, doses: marks, margin },
      ),
    }];
  });
}
