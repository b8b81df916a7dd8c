import { join } from "node:path";
import { writeAtomically } from "specialist/files/mod.ts";
import { renderFigures } from "specialist/report/mod.ts";
import { figuresOf } from "./figures.ts";
import { findings } from "./findings.ts";
import { provenanceNote, readingNote } from "./notes.ts";
import { rawTable } from "./raw_table.ts";
import { type Section, sectionsOf, type Statistics, statisticsOf } from "./sections.ts";
import type { Summary } from "./summary.ts";

/**
 * Writes a summary's tables (`tables.md`, `tables.tex`, `tables.csv`) and figures (`figures.html`).
 *
 * @returns the table that says most, for a terminal
 */
export async function writeTables(folder: string, summary: Summary): Promise<string> {
  const statistics = statisticsOf(summary);
  const sections = sectionsOf(summary, statistics);
  await writeAtomically(join(folder, "tables.md"), markdown(summary, statistics, sections));
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
      figures: figuresOf(summary, statistics),
    }),
  );
  return sections[0].render("terminal");
}

function markdown(
  summary: Summary,
  statistics: Statistics,
  sections: readonly Section[],
): string {
  return [
    `# ${summary.title}`,
    "Written by `deno task tables` from `summary.json`, with `tables.tex`, `tables.csv` and " +
    "`figures.html`.",
    "## What differs",
    findings(summary, statistics),
    ...sections.flatMap(({ title, render }) => [`## ${title}`, render("markdown")]),
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
