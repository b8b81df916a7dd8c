import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors/mod.ts";
import { validate } from "../config/mod.ts";
import { listOf, parseJson, readTextIfThere, writeAtomically } from "../files/mod.ts";

const attemptSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  fromStep: z.int().min(0).describe("Step of the checkpoint that this attempt went on from"),
  backend: z.string().describe("What computed, and why not something better"),
  commit: z.string().optional().describe("Commit of the code, where it is known"),
  seconds: z.number().min(0).optional().describe(
    "How long it took, whatever the clock was set to meanwhile; unknown of one that was killed",
  ),
});

/** `run.json`. */
export const runRecordSchema = z.strictObject({
  format: z.literal(1).describe("Version of this layout"),
  id: z.string().min(1).describe("Kind of run and the start of its fingerprint"),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/).describe(
    "SHA-256 of all that decides the result",
  ),
  kind: z.string().min(1).describe("What was done, as train"),
  config: z.record(z.string(), z.json()).describe("The validated configuration, seed included"),
  seed: z.union([z.int(), z.string()]).describe("Where all randomness comes from"),
  versions: z.record(z.string(), z.string()).describe("Versions of the code that matter"),
  datasets: z.record(z.string(), z.string()).describe("SHA-256 of each data set"),
  attempts: listOf(attemptSchema).describe("Each time the run was started or went on"),
  status: z.enum(["running", "finished", "failed", "interrupted"]).describe(
    "A run whose process was killed still says running",
  ),
  checkpointStep: z.int().min(0).optional().describe("Step of the checkpoint to go on from"),
  finishedAt: z.iso.datetime().optional(),
  error: z.string().optional().describe("Why it failed"),
  results: z.record(z.string(), z.json()).describe("What the run found out"),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type RunStatus = RunRecord["status"];

/**
 * Reads a run folder's `run.json`.
 *
 * @throws UserError naming the file, where it is missing or damaged
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const record = await findRunRecord(folder);
  if (record) return record;
  throw new UserError({
    what: "there is no run in this folder",
    file: folder,
    remedy: 'name the folder of one; "deno task specialist runs" lists them',
  });
}

/**
 * A run folder's record; nothing where there is none yet.
 *
 * @throws UserError naming the file, where it is damaged
 */
export async function findRunRecord(folder: string): Promise<RunRecord | undefined> {
  const file = join(folder, "run.json");
  const text = await readTextIfThere(file);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new UserError({
      what: (cause as Error).message,
      file,
      remedy: "remove the folder to start the run anew",
    }, { cause });
  }
  return validate(runRecordSchema, value, file);
}

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await writeAtomically(join(folder, "run.json"), `${JSON.stringify(record, null, 2)}\n`);
}
