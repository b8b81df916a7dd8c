import { join } from "node:path";
import { writeAtomically } from "specialist/files/mod.ts";
import { figureSvg } from "specialist/plots/mod.ts";
import { type Curve, renderFigures } from "specialist/report/mod.ts";
import { figuresOf, leadingFigure } from "./figures.ts";
import { findings } from "./findings.ts";
import { provenanceNote, readingNote } from "./notes.ts";
import { rawTable } from "./raw_table.ts";
import { type Section, sectionsOf, statisticsOf } from "./sections.ts";
import type { Summary } from "./summary.ts";

/** What says most of a summary. */
export type Overview = {
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

/** "Speed of learning: CLIP score" is in speed-of-learning-clip-score.svg. */
function svgFile(title: string): string {
  return `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/-$/, "")}.svg`;
}

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

/** Needs the package booktabs. */
function latex(summary: Summary, sections: readonly Section[]): string {
  const comment = (text: string) => `% ${text}`;
  return [
    [summary.title, provenanceNote(summary), readingNote(summary)].map(comment).join("\n"),
    ...sections.map(({ title, render }) => `${comment(title)}\n${render("latex")}`),
  ].join("\n\n") + "\n";
}
