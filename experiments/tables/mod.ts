/**
 * Tables and figures of finished adaptations.
 *
 * ```ts
 * const summary = summarise({ name: "methods", title: "Methods", reference: "LoRA" }, runs);
 * await writeSummary("results/methods", summary); // committed; `deno task tables` needs no more
 * await writeTables("results/methods", summary);
 * ```
 * @module
 */
export { figuresOf, partEffects } from "./figures.ts";
export { type ConceptChange, conceptChanges } from "./concept_changes.ts";
export { type Section, sectionsOf, type Statistics, statisticsOf } from "./sections.ts";
export { summarise } from "./summarise.ts";
export { findings } from "./findings.ts";
export { rawTable } from "./raw_table.ts";
export { findSummary } from "./find_summary.ts";
export { readSummary, type Summary, writeSummary } from "./summary.ts";
export { type Cell, labelSeparator, repeatedRun, type Table, type TableRun } from "./table.ts";
export { writeTables } from "./write_tables.ts";
