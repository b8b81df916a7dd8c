import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/files/mod.ts";
import { workSchema } from "./cases.ts";
import { measurementSchema, sides } from "./measurement.ts";

/** All measurements of a case: one file in the bench's folder. */
const benchRecordSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  work: workSchema,
  /** Of the model, where it is trained. */
  parameters: z.int().positive().optional(),
  /** In the order in which they were made; each round has one of each side. */
  measurements: z.partialRecord(z.enum(sides), z.array(measurementSchema)),
  /** Why a side is missing. */
  failures: z.partialRecord(z.enum(sides), z.string()),
  system: z.record(z.string(), z.unknown()),
  commit: z.string().optional(),
  date: z.string(),
});

export type BenchRecord = z.infer<typeof benchRecordSchema>;

/** @throws UserError if there is such a file, and it holds something else */
export async function readBenchRecord(
  folder: string,
  name: string,
): Promise<BenchRecord | undefined> {
  const file = fileOf(folder, name);
  return existsSync(file) ? await readJson(file, benchRecordSchema) : undefined;
}

export async function writeBenchRecord(folder: string, record: BenchRecord): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(fileOf(folder, record.name), JSON.stringify(record, null, 2));
}

const fileOf = (folder: string, name: string) => join(folder, `${name}.json`);
