/** What a case found, and the file that holds what all cases found last. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/files/mod.ts";
import { caseSchema } from "./case.ts";
import { type CaseName, caseNames } from "./cases.ts";

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
