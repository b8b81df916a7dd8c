/** All numbers that a table is made of, small enough to commit: the runs themselves are not needed. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { latest } from "specialist/internal/cli/results.ts";
import { allScoresSchema, curvesSchema, runResultSchema } from "specialist/evaluation";
import {
  findRunRecord,
  listOf,
  readJson,
  type RunRecord,
  someOf,
  UserError,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";

// What a table is of: finished adaptations, and what they are called in it.

const tableSchema = z.strictObject({
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

const listedRunSchema = cellSchema.extend({ id: runFolder.describe("The run's folder") });

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
    remedy: "do the run, or remove it from the list",
  });
}

const costSchema = z.strictObject({
  preparationSeconds: z.number(),
  trainingSeconds: z.number(),
  adapterBytes: z.int(),
  peakMemoryBytes: z.number(),
});

const summaryRunSchema = listedRunSchema.extend({
  ...allScoresSchema.shape,
  backend: z.string().optional().describe(
    "What computed the run, one after the other; summaries of earlier versions do not say",
  ),
  skippedSteps: z.int().min(0).optional().describe("Steps that were not finite"),
  drift: listOf(z.number()).optional().describe("One value for each of `driftConcepts`"),
  cost: costSchema.optional(),
  kinds: runResultSchema.shape.kinds,
  curves: curvesSchema.pick({
    ...{ clipScore: true, truth: true, seconds: true },
    ...{ shots: true, heldOut: true, style: true, nearestShot: true },
  }).partial({ shots: true, heldOut: true }).optional(),
});

const provenanceSchema = z.strictObject({
  versions: z.array(z.string()),
  backends: z.array(z.string()),
  commits: z.array(z.string()),
  models: z.array(z.string()).describe("SHA-256 of the base models' folders"),
  finished: z.strictObject({ first: z.iso.datetime(), last: z.iso.datetime() }),
});

/** `summary.json`. What a model before it adapts and the true drawings do not have is missing. */
const summarySchema = tableSchema.extend({
  format: z.literal(1).describe("Version of this layout"),
  provenance: provenanceSchema,
  concepts: someOf(z.string()).describe("Order of each run's values"),
  driftConcepts: listOf(z.string()),
  rows: someOf(z.strictObject({
    label: z.string(),
    config: z.record(z.string(), z.json()).optional().describe("Of the row's first run"),
  })).describe("In the table's order"),
  runs: someOf(summaryRunSchema),
}).superRefine(({ concepts, driftConcepts, runs, base, drawings }, context) => {
  // Scores of the base and of the drawings are taken from other rows' runs.
  const repeated = repeatedRun(runs.filter(({ label }) => label !== base && label !== drawings));
  if (repeated) {
    const message = `has run ${repeated.id} in two rows: ${repeated.labels.join(", ")}`;
    context.addIssue({ code: "custom", path: ["runs"], message });
  }
  for (const [i, { concepts: scores, drift }] of runs.entries()) {
    for (const [name, values] of Object.entries(scores)) {
      if (values.length === concepts.length) continue;
      const message = `has ${values.length} values for ${concepts.length} concepts`;
      context.addIssue({ code: "custom", path: ["runs", i, "concepts", name], message });
    }
    if (!drift || drift.length === driftConcepts.length) continue;
    const message = `has ${drift.length} values for ${driftConcepts.length} concepts`;
    context.addIssue({ code: "custom", path: ["runs", i, "drift"], message });
  }
});

export type Summary = z.infer<typeof summarySchema>;
export type SummaryRun = Summary["runs"][number];

/** @throws UserError naming the file and the field that is wrong */
export async function readSummary(folder: string): Promise<Summary> {
  return await readJson(fileOf(folder), summarySchema);
}

/** A run a line, so that a change shows where it is. */
export async function writeSummary(folder: string, { runs, ...rest }: Summary): Promise<void> {
  const head = JSON.stringify(rest, null, 1).replace(/\n\}$/, "");
  const lines = runs.map((run) => `  ${JSON.stringify(run)}`);
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(fileOf(folder), `${head},\n "runs": [\n${lines.join(",\n")}\n ]\n}\n`);
}

const fileOf = (folder: string) => join(folder, "summary.json");

/**
 * The first of some tables' summaries that is there; undefined where none is.
 *
 * @param results the folder that has them; by default, wherever a notebook lies, the project's `results/`
 * and, before it, what was written last below `runs/`
 */
export async function findSummary(
  names: readonly string[],
  results?: string,
): Promise<Summary | undefined> {
  const folder = names
    .map((name) => results ? join(results, name) : latest(join("results", name)))
    .find((folder) => existsSync(join(folder, "summary.json")));
  return folder === undefined ? undefined : await readSummary(folder);
}
