/** What a case of the soak test found, and the file that holds what all found last. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/internal/runtime/mod.ts";

/** The training runs that can be killed. */
export const workNames = ["adapt", "pretrain"] as const;
export type WorkName = typeof workNames[number];

/** How much a case does. */
export const caseSchema = z.strictObject({
  steps: z.int().min(100).default(6000).describe("Training steps of the case `endurance`"),
  images: z.int().min(200).default(2000).describe("Images that it draws after them"),
  runs: z.int().min(10).default(50).describe(
    "Runs of the case `sweep`, of which a tenth is killed",
  ),
  kills: z.int().min(1).default(20).describe("How often the case `kills` kills each training"),
  killed: z.array(z.enum(workNames)).min(1).default([...workNames]).describe(
    "Training runs that the case `kills` kills",
  ),
  killedSteps: z.int().min(3).default(30).describe("Steps of each of them"),
  seed: z.int().min(0).default(0).describe("Seed of every random draw"),
});

export type CaseConfig = z.infer<typeof caseSchema>;

/** Does something for long, or breaks something, and reports what held. */
export type Case = (config: CaseConfig, signal: AbortSignal) => Promise<Report>;

// What a case found, and the file that holds what all cases found last.

/** What `deno task soak` can do. */
export const caseNames = ["endurance", "sweep", "kills"] as const;
export type CaseName = typeof caseNames[number];

const findingSchema = z.strictObject({
  what: z.string().describe("What must hold"),
  measured: z.string(),
  holds: z.boolean(),
});

const courseSchema = z.strictObject({
  name: z.string(),
  step: z.string().describe("What is done again and again, in the singular"),
  points: z.array(z.strictObject({
    step: z.int().describe("The end of a stretch"),
    seconds: z.number().describe("The stretch's median of a step, by the clock"),
    processorSeconds: z.number().describe("The same of all threads together"),
    bytes: z.number().describe("What the process held, when garbage had just been collected"),
  })),
});

export const reportSchema = z.strictObject({
  title: z.string(),
  findings: z.array(findingSchema).min(1),
  courses: z.array(courseSchema).default([]).describe("What was long"),
});

/** What a case answers with. */
export type Report = z.input<typeof reportSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type ReportedCourse = z.infer<typeof courseSchema>;

const entrySchema = reportSchema.extend({
  config: caseSchema,
  seconds: z.number(),
  backend: z.string(),
  versions: z.record(z.string(), z.string()),
  system: z.record(z.string(), z.json()),
  commit: z.string().optional(),
  date: z.iso.datetime(),
});

const fileSchema = z.partialRecord(z.enum(caseNames), entrySchema);

/** A report, and what it comes from. */
export type Entry = z.infer<typeof entrySchema>;
export type Entries = Partial<Record<CaseName, Entry>>;

const fileOf = (folder: string) => join(folder, "soak.json");

/** Those of the cases that were done so far. @throws UserError if the file holds something else */
export async function readEntries(folder: string): Promise<Entries> {
  return existsSync(fileOf(folder)) ? await readJson(fileOf(folder), fileSchema) : {};
}

/** Puts a case's entry in the place of its former one. */
export async function writeEntry(folder: string, name: CaseName, entry: Entry): Promise<void> {
  const entries = { ...await readEntries(folder), [name]: entry };
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(fileOf(folder), `${JSON.stringify(entries, null, 1)}\n`);
}
