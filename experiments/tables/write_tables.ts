/** Writes a summary's tables: Markdown, CSV and LaTeX. */
import { join } from "node:path";
import { type Curve, figureSvg, renderFigures, sentenceCase } from "specialist/figures";
import {
  type Column,
  renderTable,
  type TableFormat,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { figuresOf, leadingFigure } from "./figures.ts";
import { fileName } from "./file_name.ts";
import { findings } from "./findings.ts";
import { latexFile } from "./latex.ts";
import {
  differenceInterval,
  provenanceNote,
  readingNote,
  type Section,
  sectionsOf,
  type Statistics,
  statisticsOf,
} from "./sections.ts";
import { type RowStatistics, type TableScoreName, tableScores } from "./statistics.ts";
import type { Summary } from "./summary.ts";

/** What says most of a summary. */
type Overview = {
  /** For a terminal. */
  table: string;
  /** In Markdown; the figure's file lies in the summary's folder. */
  findings: string;
  figure?: { title: string; file: string };
};

/**
 * Writes a summary's tables (`tables.md`, `tables.tex`, `tables.csv`) and figures (`figures.html`, and
 * an SVG file of each, in place of those that were there).
 */
export async function writeTables(folder: string, summary: Summary): Promise<Overview> {
  const statistics = statisticsOf(summary);
  const sections = sectionsOf(summary, statistics);
  const figures = figuresOf(summary, statistics);
  const found = findings(summary, statistics);
  await writeAtomically(
    join(folder, "tables.md"),
    markdown(summary, { found, sections, figures }),
  );
  await writeAtomically(join(folder, "tables.tex"), latex(summary, sections));
  await writeAtomically(
    join(folder, "tables.csv"),
    `${rawTable(summary.reference, statistics)}\n`,
  );
  await writeAtomically(
    join(folder, "figures.html"),
    await renderFigures({
      title: summary.title,
      lead: provenanceNote(summary),
      figures,
    }),
  );
  for (const { title, figure } of figures) {
    await writeAtomically(join(folder, svgFile(title)), await figureSvg(figure));
  }
  await removeOtherSvgs(folder, figures);
  const lead = leadingFigure(summary, statistics)?.title;
  return {
    table: sections[0].render("terminal"),
    findings: found,
    ...lead && { figure: { title: lead, file: svgFile(lead) } },
  };
}

/** Of figures that the summary no longer has, or has under another title. */
async function removeOtherSvgs(folder: string, figures: readonly Curve[]): Promise<void> {
  const files = new Set(figures.map(({ title }) => svgFile(title)));
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".svg") && !files.has(name)) await Deno.remove(join(folder, name));
  }
}

/** "Speed of learning: mean content" is in speed-of-learning-mean-content.svg. */
const svgFile = (title: string) => `${fileName(title)}.svg`;

type Contents = { found: string; sections: readonly Section[]; figures: readonly Curve[] };

function markdown(summary: Summary, { found, sections, figures }: Contents): string {
  return [
    `# ${summary.title}`,
    "Written by `deno task tables` from `summary.json`, with `tables.tex`, `tables.csv`, the figures " +
    "below, and `figures.html`, in which they are interactive.",
    "## What differs",
    found,
    ...sections.flatMap(({ title, render }) => [`## ${title}`, render("markdown")]),
    "## Figures",
    ...figures.flatMap(({ title, description }) => [
      `### ${title}`,
      `![${title}](${svgFile(title)})`,
      description,
    ]),
    "## How to read this",
    readingNote(summary),
    "## Where it comes from",
    provenanceNote(summary),
  ].join("\n\n") + "\n";
}

function latex(summary: Summary, sections: readonly Section[]): string {
  return latexFile(
    summary.name,
    [summary.title, provenanceNote(summary), readingNote(summary)],
    sections.flatMap((section) => section.latex()),
  );
}

type RawRow = RowStatistics & { name: TableScoreName };

/** All statistics with all digits, a line for each row and score, as CSV; names are those of Markdown. */
export function rawTable(reference: string, statistics: Statistics): string {
  const rows = [...statistics].flatMap(([name, rows]) => rows.map((row) => ({ ...row, name })));
  const number = (title: string, value: (row: RawRow) => number | undefined): Column<RawRow> => ({
    title,
    value: (row) => `${value(row) ?? ""}`,
  });
  return renderTable(rows, [
    { title: "table", value: ({ name }) => sentenceCase(tableScores[name].title) },
    { title: "better", value: ({ name }) => tableScores[name].better },
    { title: "row", value: ({ label }) => label },
    number("runs", ({ runs }) => runs),
    number("score", ({ score }) => score),
    number("95 % interval: low", ({ interval }) => interval?.low),
    number("95 % interval: high", ({ interval }) => interval?.high),
    { title: "reference", value: ({ difference }) => difference ? reference : "" },
    number("difference", ({ difference }) => difference?.value),
    number(`${differenceInterval}: low`, ({ difference }) => difference?.interval?.low),
    number(`${differenceInterval}: high`, ({ difference }) => difference?.interval?.high),
    number("p", ({ difference }) => difference?.pValue),
    number("p (Holm)", ({ difference }) => difference?.adjustedPValue),
    number("effect (d_z)", ({ difference }) => difference?.effectSize),
  ], "csv");
}

// The paper's own numbers: of 400 votes, how many people gave to each method's images ("Specialist
// Diffusion", CVPR 2023, user study). People were asked there, scores are computed here, the styles and
// the base model are others: only which method comes first can be compared, never the size of a lead.

type Votes = { style: string; dreambooth: number; textualInversion: number; specialist: number };

const votes: Votes[] = [
  { style: "food doodle", dreambooth: 68, textualInversion: 45, specialist: 287 },
  { style: "flat design", dreambooth: 61, textualInversion: 9, specialist: 330 },
  { style: "fantasy", dreambooth: 14, textualInversion: 101, specialist: 285 },
];

export const paperNote =
  "The paper's own numbers are another measure: of 400 votes of people, how " +
  "many each method got, with Stable Diffusion v1.4 and the paper's styles. Only the order of the " +
  "methods can be compared with the scores above.";

export function paperTable(format: TableFormat): string {
  const count = (title: string, value: (votes: Votes) => number) => ({
    title,
    value: (row: Votes) => `${value(row)}`,
    align: "right" as const,
  });
  return renderTable(votes, [
    { title: "style (votes of 400)", value: ({ style }) => style },
    count("DreamBooth", ({ dreambooth }) => dreambooth),
    count("textual inversion", ({ textualInversion }) => textualInversion),
    count("Specialist Diffusion", ({ specialist }) => specialist),
  ], format);
}
