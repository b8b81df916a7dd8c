/** All numbers that a table is made of, small enough to commit: the runs themselves are not needed. */
import { join } from "node:path";
import { z } from "zod";
import { listOf, readJson, someOf, writeAtomically } from "specialist/files/mod.ts";
import { allScoresSchema, curvesSchema } from "specialist/evaluation/mod.ts";
import { listedRunSchema, repeatedRun, tableSchema } from "./table.ts";

const costSchema = z.strictObject({
  preparationSeconds: z.number(),
  trainingSeconds: z.number(),
  adapterBytes: z.int(),
  peakMemoryBytes: z.number(),
});

const summaryRunSchema = listedRunSchema.extend({
  ...allScoresSchema.shape,
  drift: listOf(z.number()).optional().describe("One value for each of `driftConcepts`"),
  cost: costSchema.optional(),
  curves: curvesSchema.pick({ clipScore: true, truth: true, seconds: true }).optional(),
});

const provenanceSchema = z.strictObject({
  versions: z.array(z.string()),
  backends: z.array(z.string()),
  commits: z.array(z.string()),
  models: z.array(z.string()).describe("SHA-256 of the base models' folders"),
  finished: z.strictObject({ first: z.iso.datetime(), last: z.iso.datetime() }),
});

/** `summary.json`. What a model before it adapts and the true drawings do not have is missing. */
export const summarySchema = tableSchema.extend({
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
