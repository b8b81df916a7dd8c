/** Tables as text: for a terminal, Markdown, CSV and LaTeX. */
import Table from "cli-table3";
import { markdownTable } from "markdown-table";
import { writeAtomically } from "./write_files.ts";

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

/** A column of a table of `Row`s. */
export interface Column<Row> {
  title: string;
  /** The text of a row's cell. */
  value: (row: Row) => string;
  /** Numbers read best on the right; the default is left. */
  align?: "left" | "right";
}

/**
 * A table's cells as LaTeX, ruled by the package booktabs; without caption and float around it. Long
 * heads take several lines.
 *
 * @param align one for each column
 */
function latexTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
  align: readonly ("left" | "right")[],
): string {
  const line = (cells: readonly string[]) => `  ${cells.join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{${align.map((side) => side[0]).join("")}}`,
    "  \\toprule",
    line(head.map((title, i) => stacked(title, align[i]))),
    "  \\midrule",
    ...body.map((cells) => line(cells.map(latexText))),
    "  \\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

/** Parts of a text, joined to lines for as long as they fit; a part that does not is a line of its own. */
export function joinedLines(
  parts: readonly string[],
  fits: (line: string) => boolean,
): string[] {
  return parts.reduce<string[]>((lines, part) => {
    const line = `${lines.at(-1) ?? ""}${part}`;
    return lines.length > 0 && fits(line) ? [...lines.slice(0, -1), line] : [...lines, part];
  }, []);
}

/** Longer heads are broken where a line has room for no more. */
const maxHeadLength = 14;

function stacked(title: string, side: "left" | "right"): string {
  const fits = (line: string) => line.trimEnd().length <= maxHeadLength;
  const lines = joinedLines(title.split(/(?<=[ -])/), fits)
    .map((line) => latexText(line.trimEnd()));
  return lines.length < 2 ? lines.join("") : `\\shortstack[${side[0]}]{${lines.join("\\\\")}}`;
}

const commands: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "$<$",
  ">": "$>$",
  "−": "$-$",
  "×": "$\\times$",
  "±": "$\\pm$",
  "∞": "$\\infty$",
  "↑": "$\\uparrow$",
  "↓": "$\\downarrow$",
  "→": "$\\rightarrow$",
  "≤": "$\\leq$",
  "≥": "$\\geq$",
  "·": "$\\cdot$",
  "µ": "$\\mu$",
  "–": "--",
  "…": "\\dots{}",
  "“": "``",
  "”": "''",
  "\n": " ",
};

/** Text as LaTeX reads it back. */
export function latexText(text: string): string {
  return text.replace(
    /[\\~^<>−×±∞↑↓→≤≥·µ–…“”\n&%$#_{}]/g,
    (character) => commands[character] ?? `\\${character}`,
  );
}

/** A table's cells as comma-separated values (RFC 4180), with line feeds alone. */
function csvTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
): string {
  return [head, ...body].map((cells) => cells.map(quote).join(",")).join("\n");
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const end = "<!-- end -->";

/** The part of a text that a command writes, as {@link writeBlock} finds it again. */
export function markedBlock(command: string, body: string): string {
  return `${startOf(command)}\n\n${body}\n\n${end}`;
}

/**
 * Replaces what a command wrote into a text before; the text around it stays.
 *
 * @param command as it is typed; it marks the block
 * @throws Error if the file has no such block
 */
export async function writeBlock(path: string, command: string, body: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const block = blockIn(text, command);
  if (block === undefined) {
    throw new Error(`${path} has no lines "${startOf(command)}" and "${end}"`);
  }
  await writeAtomically(path, text.replace(block, () => markedBlock(command, body)));
}

/** What a command wrote into a text, with its marks; undefined where it wrote nothing. */
export function blockIn(text: string, command: string): string | undefined {
  const start = text.indexOf(startOf(command));
  const length = start < 0 ? -1 : text.slice(start).indexOf(end);
  return length < 0 ? undefined : text.slice(start, start + length + end.length);
}

function startOf(command: string): string {
  return `<!-- written by \`${command}\` -->`;
}
