import { type Column, renderTable } from "specialist/tables/mod.ts";
import type { Plan } from "./plan.ts";
import { seedAxis, type SummaryRow, type SummaryScore } from "./score_rows.ts";

/** A sweep's scores, for a terminal or as Markdown. */
export function sweepTable(
  { axes }: Plan,
  rows: SummaryRow[],
  format: "terminal" | "markdown" = "terminal",
): string {
  const known = new Map(rows.flatMap(({ scores }) => [...scores]));
  const labelColumns = axes.filter((axis) => axis !== seedAxis).map((title, i) => ({
    title,
    value: ({ labels }: SummaryRow) => labels[i],
  }));
  const scoreColumns = [...known].map(([name, { title, better }]): Column<SummaryRow> => ({
    title: `${title}, ${better} is better`,
    value: ({ scores }) => inWords(scores.get(name)),
    align: "right",
  }));
  return renderTable<SummaryRow>(
    rows,
    [...labelColumns, { title: "runs", value: runsInWords, align: "right" }, ...scoreColumns],
    format,
  );
}

function runsInWords({ runs, planned, failed }: SummaryRow): string {
  const count = runs === planned ? `${runs}` : `${runs} of ${planned}`;
  return failed === 0 ? count : `${count}, ${failed} failed`;
}

function inWords(score: SummaryScore | undefined): string {
  if (!score) return "–";
  const { mean, deviation } = score;
  return deviation === undefined ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}
