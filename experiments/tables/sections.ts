/** A summary's tables, in whatever format. */
import { max, median } from "simple-statistics";
import { type Column, renderTable, type TableFormat } from "specialist/tables/mod.ts";
import { formatBytes } from "specialist/units/mod.ts";
import { curveScores, learningCurves } from "./learning_curves.ts";
import { learningTable } from "./learning_table.ts";
import { effectText, numberText, pValueText } from "./number_text.ts";
import { type TableScoreName, tableScoreNames, tableScores } from "./observations.ts";
import { type RowStatistics, runsOf, scoreStatistics } from "./statistics.ts";
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

/** Interquartile means; an asterisk where the difference to the reference is hardly luck. */
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
