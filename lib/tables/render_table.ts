import Table from "cli-table3";
import { markdownTable } from "markdown-table";
import type { Column } from "./column.ts";
import { csvTable } from "./csv.ts";
import { latexTable } from "./latex.ts";

export type TableFormat = "terminal" | "markdown" | "latex" | "csv";

/**
 * A table as text, for a terminal, as Markdown, LaTeX or CSV.
 *
 * ```ts
 * renderTable([{ metric: "KID", after: 0.021 }], [
 *   { title: "metric", value: (row) => row.metric },
 *   { title: "after", value: (row) => row.after.toFixed(3), align: "right" },
 * ]);
 * ```
 */
export function renderTable<Row>(
  rows: Row[],
  columns: Column<Row>[],
  format: TableFormat = "terminal",
): string {
  const head = columns.map((column) => column.title);
  const body = rows.map((row) => columns.map((column) => column.value(row)));
  const align = columns.map((column) => column.align ?? "left");
  switch (format) {
    case "markdown":
      return markdownTable([head, ...body.map((cells) => cells.map(escapeMarkdown))], { align });
    case "latex":
      return latexTable(head, body, align);
    case "csv":
      return csvTable(head, body);
    case "terminal":
      return terminalTable(head, body, align);
  }
}

function terminalTable(head: string[], body: string[][], align: ("left" | "right")[]): string {
  const table = new Table({ head, colAligns: align, chars: ruled, style: plain });
  table.push(...body);
  return table.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}

function escapeMarkdown(cell: string): string {
  return cell.replaceAll(/[|<]/g, "\\$&").replaceAll(/\r?\n/g, "<br>");
}

const sides = ["top", "bottom", "left", "right"];
const places = ["", "-mid", "-left", "-right"];

/** No lines but a rule under the head. */
const ruled = {
  ...Object.fromEntries(sides.flatMap((side) => places.map((place) => [side + place, ""]))),
  mid: "─",
  "mid-mid": "─",
  "left-mid": "",
  "right-mid": "",
  middle: " ",
};

const plain = { compact: true, head: [], border: [], "padding-left": 0, "padding-right": 1 };
