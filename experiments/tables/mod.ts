/**
 * Tables and figures of finished training runs.
 *
 * ```ts
 * const summary = summarise({ name: "methods", title: "Methods", reference: "LoRA" }, runs);
 * await writeSummary("results/methods", summary); // committed; `deno task tables` needs no more
 * await writeTables("results/methods", summary);
 * ```
 * @module
 */
export { dashboardFigure, figuresOf, partEffects } from "./figures.ts";
export { findings } from "./findings.ts";
export { sectionsOf, statisticsOf } from "./sections.ts";
export { conceptChanges } from "./statistics.ts";
export { summarise } from "./summarise.ts";
export {
  findSummary,
  labelSeparator,
  readSummary,
  repeatedRun,
  type Summary,
  type SummaryRun,
  type Table,
  type TableRun,
  writeSummary,
} from "./summary.ts";
export { rawTable, writeTables } from "./write_tables.ts";
