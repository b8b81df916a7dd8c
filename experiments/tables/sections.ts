/** A summary's tables, in whatever format. */
import { max, median } from "simple-statistics";
import { sentenceCase } from "specialist/figures";
import {
  type Column,
  formatBytes,
  renderTable,
  type TableFormat,
} from "specialist/internal/runtime/mod.ts";
import type { LatexTable } from "./latex.ts";
import { curveScores, learningCurves, learningTable } from "./learning.ts";
import {
  effectText,
  halfWidth,
  isSignificant,
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

export type Section = {
  title: string;
  render(format: TableFormat): string;
  /** The same for LaTeX, in as many tables as fit the width of a page. */
  latex(): LatexTable[];
};

export function statisticsOf(summary: Summary): Statistics {
  return new Map(
    tableScoreNames
      .map((name) => [name, scoreStatistics(summary, name)] as const)
      .filter(([, rows]) => rows.some(({ score }) => score !== undefined)),
  );
}

export function sectionsOf(summary: Summary, statistics: Statistics): Section[] {
  const { reference } = summary;
  return [
    section(
      summary,
      "All scores",
      (format) => overview(summary, statistics, format),
      `Interquartile means; an asterisk marks p < 0.05 against ${reference}, after Holm.`,
    ),
    section(summary, "Cost", (format) => cost(summary, format)),
    ...speedOfLearning(summary),
    ...[...statistics].map(([name, rows]) => scoreSection(summary, name, rows)),
  ];
}

/** @param note what a caption says besides the title */
function section(
  { title: table }: Summary,
  title: string,
  render: Section["render"],
  note?: string,
): Section {
  const caption = [`${table}. ${title}.`, ...note ? [note] : []].join(" ");
  return { title, render, latex: () => [{ title, caption, tabular: render("latex") }] };
}

function speedOfLearning(summary: Summary): Section[] {
  return curveScores.flatMap(({ curve, y }) => {
    const curves = learningCurves(summary, curve);
    if (curves.length === 0) return [];
    return [section(
      summary,
      `Speed of learning: ${y}`,
      (format) => learningTable(curves, format),
      "Of validation concepts.",
    )];
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
    const { plain } = scoreText(rows);
    const { short, better } = tableScores[name];
    return right(`${short} ${better === "higher" ? "↑" : "↓"}`, (i) => {
      const { score, difference } = rows[i];
      if (score === undefined) return "–";
      return `${plain(score)}${difference && isSignificant(difference) ? "*" : ""}`;
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
  const seconds = (values: number[]) => {
    const middle = median(values);
    return `${numberText([middle], [halfWidth(values)]).plain(middle)} s`;
  };
  const bytes = (values: number[]) => formatBytes(max(values));
  return renderTable(summary.rows.map(({ label }) => label), [
    { title: "", value: (label) => label },
    right("runs", (label) => `${runsOf(summary, label).length}`),
    column("preparation, median", of(({ preparationSeconds }) => preparationSeconds), seconds),
    column("training, median", of(({ trainingSeconds }) => trainingSeconds), seconds),
    column("trained weights", of(({ adapterBytes }) => adapterBytes), bytes),
    column("peak memory, most", of(({ peakMemoryBytes }) => peakMemoryBytes), bytes),
  ], format);
}

/** What Markdown and CSV call the interval of a difference. */
export const differenceInterval = "95 % interval of the difference";

/** Numbers of a score, as precise as it is known. */
function scoreText(rows: readonly RowStatistics[]) {
  return numberText(
    rows.flatMap(({ score }) => score ?? []),
    rows.flatMap(({ uncertainty }) => uncertainty ?? []),
  );
}

function scoreSection(summary: Summary, name: TableScoreName, rows: RowStatistics[]): Section {
  const title = sentenceCase(headOf(name));
  const { compared, byStyle } = scoreColumns(summary, rows);
  const first: Column<RowStatistics> = { title: "", value: ({ label }) => label };
  const render = (format: TableFormat) =>
    renderTable(rows, [first, ...compared, ...byStyle], format);
  const latexPart = (title: string, columns: Column<RowStatistics>[]) =>
    section(summary, title, () => renderTable(rows, [first, ...columns], "latex")).latex();
  return {
    title,
    render,
    latex: () => [
      ...latexPart(title, compared),
      ...byStyle.length > 0 ? latexPart(`${title}, by style`, byStyle) : [],
    ],
  };
}

function scoreColumns(summary: Summary, rows: readonly RowStatistics[]) {
  const scores = scoreText(rows);
  const differences = rows.flatMap(({ difference }) => difference ?? []);
  const changes = numberText(
    differences.map(({ value }) => value),
    differences.flatMap(({ uncertainty }) => uncertainty ?? []),
  );
  const styles = [...new Set(summary.runs.map(({ style }) => style))];
  type Found = NonNullable<RowStatistics["difference"]>;
  const ofDifference = (title: string, text: (difference: Found) => string) =>
    right<RowStatistics>(title, ({ difference }) => difference ? text(difference) : "–");
  return {
    compared: [
      right<RowStatistics>("score", ({ score }) => score === undefined ? "–" : scores.plain(score)),
      right<RowStatistics>(
        "95 % interval",
        ({ interval }) => interval ? scores.interval(interval) : "–",
      ),
      ofDifference(`difference to ${summary.reference}`, ({ value }) => changes.signed(value)),
      ofDifference(
        differenceInterval,
        ({ interval }) => interval ? changes.signedInterval(interval) : "–",
      ),
      ofDifference("p (Holm)", ({ adjustedPValue }) => pValueText(adjustedPValue)),
      ofDifference("effect (d_z)", ({ effectSize }) => effectText(effectSize)),
    ],
    byStyle: (styles.length < 2 ? [] : styles).map((style) =>
      right<RowStatistics>(
        style,
        ({ styles }) => style in styles ? scores.plain(styles[style]) : "–",
      )
    ),
  };
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
    "asterisk marks p < 0.05. Numbers are rounded to what the middle row is uncertain by: half its interval or, where there " +
    "is none, two standard errors; of that, two digits are kept if it begins with 1 or 2, else one. No asterisk does not mean that two rows are alike: no test of equivalence " +
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
