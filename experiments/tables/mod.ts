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
export { summarise } from "./summarise.ts";
export { readSummary, type Summary, writeSummary } from "./summary.ts";
export { type Cell, labelSeparator, type Table, type TableRun } from "./table.ts";
export { writeTables } from "./write_tables.ts";
