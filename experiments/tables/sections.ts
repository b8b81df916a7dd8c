/** A summary's tables, in whatever format. */
import { max, median } from "simple-statistics";
import {
  type Column,
  formatBytes,
  renderTable,
  type TableFormat,
} from "specialist/internal/runtime/mod.ts";
import { curveScores, learningCurves, learningTable } from "./learning.ts";
import {
  effectText,
  numberText,
  pValueText,
  type RowStatistics,
  runsOf,
  scoreStatistics,
  type TableScoreName,
  tableScoreNames,
  tableScores,
} from "./statistics.ts";
import type { Summary, SummaryRun } from "./summary.ts";

/** The statistics of each score that the summary has. */
export type Statistics = Map<TableScoreName, RowStatistics[]>;

export type Section = { title: string; render(format: TableFormat): string };

export function statisticsOf(summary: Summary): Statistics {
  return new Map(
    tableScoreNames
      .map((name) => [name, scoreStatistics(summary, name)] as const)
      .filter(([, rows]) => rows.some(({ score }) => score !== undefined)),
  );
}

export function sectionsOf(summary: Summary, statistics: Statistics): Section[] {
  return [
    { title: "All scores", render: (format) => overview(summary, statistics, format) },
    { title: "Cost", render: (format) => cost(summary, format) },
    ...speedOfLearning(summary),
    ...[...statistics].map(([name, rows]) => ({
      title: headOf(name),
      render: (format: TableFormat) => scoreTable(summary, rows, format),
    })),
  ];
}

function speedOfLearning(summary: Summary): Section[] {
  return curveScores.flatMap(({ curve, y }) => {
    const curves = learningCurves(summary, curve);
    if (curves.length === 0) return [];
    const title = `Speed of learning: ${y}`;
    return [{ title, render: (format: TableFormat) => learningTable(curves, format) }];
  });
}

export function headOf(name: TableScoreName): string {
  const { title, better } = tableScores[name];
  return `${title}, ${better} is better`;
}

/**
 * Interquartile means; an asterisk where the difference from the reference is unlikely to be
 * chance.
 */
function overview({ rows }: Summary, statistics: Statistics, format: TableFormat): string {
  const columns = [...statistics].map(([name, rows]): Column<number> => {
    const { plain } = numberText(rows.flatMap(({ score }) => score ?? []));
    const { short, better } = tableScores[name];
    return right(`${short} ${better === "higher" ? "↑" : "↓"}`, (i) => {
      const { score, difference } = rows[i];
      if (score === undefined) return "–";
      return `${plain(score)}${difference && difference.adjustedPValue < 0.05 ? "*" : ""}`;
    });
  });
  return renderTable(
    [...rows.keys()],
    [{ title: "", value: (i) => rows[i].label }, ...columns],
    format,
  );
}

function cost(summary: Summary, format: TableFormat): string {
  const of = (value: (cost: NonNullable<SummaryRun["cost"]>) => number) => (label: string) =>
    runsOf(summary, label).flatMap(({ cost }) => cost ? [value(cost)] : []);
  const column = (
    title: string,
    values: (label: string) => number[],
    text: (values: number[]) => string,
  ) =>
    right<string>(title, (label) => {
      const found = values(label);
      return found.length === 0 ? "–" : text(found);
    });
  const seconds = (values: number[]) => `${median(values).toFixed(1)} s`;
  const bytes = (values: number[]) => formatBytes(max(values));
  return renderTable(summary.rows.map(({ label }) => label), [
    { title: "", value: (label) => label },
    right("runs", (label) => `${runsOf(summary, label).length}`),
    column("preparation, median", of(({ preparationSeconds }) => preparationSeconds), seconds),
    column("training, median", of(({ trainingSeconds }) => trainingSeconds), seconds),
    column("adapter", of(({ adapterBytes }) => adapterBytes), bytes),
    column("peak memory, most", of(({ peakMemoryBytes }) => peakMemoryBytes), bytes),
  ], format);
}

function scoreTable(summary: Summary, rows: RowStatistics[], format: TableFormat): string {
  const scores = numberText(rows.flatMap(({ score }) => score ?? []));
  const changes = numberText(rows.flatMap(({ difference }) => difference?.value ?? []));
  const styles = [...new Set(summary.runs.map(({ style }) => style))];
  type Found = NonNullable<RowStatistics["difference"]>;
  const compared = (title: string, text: (difference: Found) => string) =>
    right<RowStatistics>(title, ({ difference }) => difference ? text(difference) : "–");
  return renderTable(rows, [
    { title: "", value: ({ label }) => label },
    right("score", ({ score }) => score === undefined ? "–" : scores.plain(score)),
    right("95 % interval", ({ interval }) => interval ? scores.interval(interval) : "–"),
    compared(`difference to ${summary.reference}`, ({ value }) => changes.signed(value)),
    compared(
      "its 95 % interval",
      ({ interval }) => interval ? changes.signedInterval(interval) : "–",
    ),
    compared("p (Holm)", ({ adjustedPValue }) => pValueText(adjustedPValue)),
    compared("effect (d_z)", ({ effectSize }) => effectText(effectSize)),
    ...(styles.length < 2 ? [] : styles).map((style) =>
      right<RowStatistics>(
        style,
        ({ styles }) => style in styles ? scores.plain(styles[style]) : "–",
      )
    ),
  ], format);
}

function right<Row>(title: string, value: (row: Row) => string): Column<Row> {
  return { title, value, align: "right" };
}

// How a table has to be read, and where its numbers come from.

export function readingNote({ reference }: Summary): string {
  return "↑: higher is better, ↓: lower. A score is an interquartile mean. For scores that each image has, it is of concepts in " +
    "styles, each the mean of its seeds; for distances of whole sets and for diversity it is of runs. " +
    "Intervals are from 2,000 bootstrap resamples of concepts, style by style: they say how sure a " +
    "score is for other concepts, not for other styles, shots or seeds. Concepts drawn by one run are " +
    "not independent, so for other runs these intervals are too narrow and p too small. Scores of whole " +
    "sets have one value for each run and no interval where a style has fewer than eight runs: " +
    "bootstrapping three seeds in each of three styles gives intervals that cover 92 % instead of 95 %. " +
    `The difference to ${reference} is the mean of ` +
    "paired differences, on the same prompts and noise; p is of a sign-flip test of it, corrected " +
    "after Holm for the rows of one table; d_z is the mean difference by its standard deviation. An " +
    "asterisk marks p < 0.05. No asterisk does not mean that two rows are alike: no test of equivalence " +
    "was made. With few runs, p of a set's score cannot be small: of n runs it is " +
    "2 / 2ⁿ at least. The Fréchet distance of so few images is far too high; compare it only here. " +
    "Speed of learning is of validation concepts: a mean over a row's runs, after steps, and after " +
    "seconds of training steps alone, without preparation and on the line between recorded points. " +
    "Drift is of validation concepts, without the style in the prompt. Memory is of the whole process, a " +
    "GPU's not counted.";
}

export function provenanceNote({ provenance, runs, concepts }: Summary): string {
  const { versions, backends, commits, models, finished } = provenance;
  const distinct = <T>(values: T[]) => [...new Set(values)];
  const short = (hashes: string[]) => hashes.map((hash) => hash.slice(0, 12)).join(", ");
  return [
    `${distinct(runs.map(({ id }) => id)).length} runs`,
    `${concepts.length} held-out concepts`,
    `styles ${distinct(runs.map(({ style }) => style)).join(", ")}`,
    `seeds ${distinct(runs.map(({ seed }) => seed)).toSorted((a, b) => a - b).join(", ")}`,
    `computed with ${backends.join(" and ")}`,
    versions.join(", "),
    `commit ${short(commits)}`,
    `base model ${short(models)}`,
    `finished ${finished.first.slice(0, 10)} to ${finished.last.slice(0, 10)}`,
    "each row's configuration and each run's id and scores in summary.json",
  ].join("; ") + ".";
}
