/** What a table is of: finished adaptations, and what they are called in it. */
import { basename, join } from "node:path";
import { z } from "zod";
import { UserError } from "specialist/errors/mod.ts";
import { readJson, someOf } from "specialist/files/mod.ts";
import { findRunRecord, type RunRecord } from "specialist/records/mod.ts";

export const tableSchema = z.strictObject({
  name: z.string().regex(/^[\w-]+$/, "has letters, digits, _ and - only").describe(
    "Folder below results/",
  ),
  title: z.string().min(1),
  reference: z.string().min(1).describe("Label of the row that all others are compared with"),
  base: z.string().min(1).optional().describe(
    "Label of a row for the model before it adapts; without it there is none",
  ),
  drawings: z.string().min(1).optional().describe(
    "Label of a row for the designer's own drawings; without it there is none",
  ),
});

/** Stands in a row's label between what it has of one axis and of the next. */
export const labelSeparator = " · ";

const cellSchema = z.strictObject({
  label: z.string().min(1).describe("The row that the run belongs to"),
  style: z.string().min(1),
  shots: z.int().min(1),
  seed: z.int().min(0),
});

/** The name of a folder, and no way to another place. */
const runFolder = z.string().min(1).refine((name) => name === basename(name) && name !== "..", {
  error: "must be the name of a run's folder",
});

export const listedRunSchema = cellSchema.extend({ id: runFolder.describe("The run's folder") });

/** A file that lists a table's runs by their ids, row after row. */
export const tableListSchema = tableSchema.extend({ runs: someOf(listedRunSchema) });

export type Table = z.infer<typeof tableSchema>;

/** A run's place in a table. */
export type Cell = z.infer<typeof cellSchema>;

/** A finished adaptation, and its place in the table. */
export type TableRun = Cell & { record: RunRecord };

/**
 * The first run that two rows have, and what they are called. Such rows are one: side by side they
 * would count as two comparisons.
 */
export function repeatedRun(
  cells: readonly { label: string; id: string }[],
): { id: string; labels: [string, string] } | undefined {
  const known = new Map<string, string>();
  for (const { label, id } of cells) {
    const earlier = known.get(id);
    if (earlier !== undefined && earlier !== label) return { id, labels: [earlier, label] };
    known.set(id, label);
  }
}

/**
 * @param folder where the runs' folders lie
 * @throws UserError naming the list's field that is wrong, or the run that is not there
 */
export async function readTableList(
  file: string,
  folder: string,
): Promise<{ table: Table; runs: TableRun[] }> {
  const { runs: cells, ...table } = await readJson(file, tableListSchema);
  const runs: TableRun[] = [];
  for (const { id, ...cell } of cells) {
    runs.push({ ...cell, record: await recordOf(id, folder, file) });
  }
  return { table, runs };
}

async function recordOf(id: string, folder: string, file: string): Promise<RunRecord> {
  const record = await findRunRecord(join(folder, id));
  if (record) return record;
  throw new UserError({
    what: `there is no run in ${join(folder, id)}`,
    file,
    field: "runs",
    value: id,
    remedy: "do the run, or take it out of the list",
  });
}
