/** `run.json`: a run's settings, progress and code. */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import manifest from "../../../deno.json" with { type: "json" };
import { validate } from "./config.ts";
import { UserError } from "./errors.ts";
import { createFingerprint, type RunIdentity, runIdOf } from "./identity.ts";
import { isObject, listOf, parseJson } from "./json.ts";
import { isRunLocked, lockRun } from "./lock.ts";
import { readTextIfThere } from "./read_files.ts";
import { writeAtomically } from "./write_files.ts";

const attemptSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  fromStep: z.int().min(0).describe("Step of the checkpoint that this attempt resumed from"),
  backend: z.string().describe("The backend, and why not a better one"),
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
    "SHA-256 of everything that determines the result",
  ),
  kind: z.string().min(1).describe("What was done, as train"),
  config: z.record(z.string(), z.json()).describe("The validated configuration, seed included"),
  seed: z.union([z.int(), z.string()]).describe("Seed of every random draw"),
  versions: z.record(z.string(), z.string()).describe("Versions of the code that matter"),
  datasets: z.record(z.string(), z.string()).describe("SHA-256 of each data set"),
  attempts: listOf(attemptSchema).describe("Each time the run was started or resumed"),
  status: z.enum(["running", "finished", "failed", "interrupted"]).describe(
    "Still running where the process was killed; listRuns knows better",
  ),
  checkpointStep: z.int().min(0).optional().describe(
    "Step of the checkpoint to resume from; finished runs have none",
  ),
  finishedAt: z.iso.datetime().optional(),
  error: z.string().optional().describe("Why it failed"),
  results: z.record(z.string(), z.json()).describe("The run's results"),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
type RunStatus = RunRecord["status"];

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
      remedy: "remove the folder to start the run again",
    }, { cause });
  }
  return validate(runRecordSchema, value, file);
}

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await writeAtomically(join(folder, "run.json"), `${JSON.stringify(record, null, 2)}\n`);
}

/** The record of a run that has only just begun. */
export function newRecord(identity: RunIdentity): RunRecord {
  const { kind, config, seed, versions, datasets } = identity;
  return {
    format: 1,
    id: runIdOf(identity),
    fingerprint: createFingerprint(identity),
    kind,
    config: JSON.parse(JSON.stringify(config)),
    seed,
    versions,
    datasets,
    attempts: [],
    status: "running",
    results: {},
  };
}

/**
 * Records that a run failed whose process could not do so itself: it ended before the run began, or
 * was killed. A run that has finished, or says itself why it failed, stays as it is.
 *
 * @throws UserError where another process is working on it
 */
export async function failRun(
  folder: string,
  identity: RunIdentity,
  error: string,
): Promise<RunRecord> {
  await Deno.mkdir(folder, { recursive: true });
  using _lock = await lockRun(folder);
  const record = await findRunRecord(folder) ?? newRecord(identity);
  if (record.status === "finished" || record.status === "failed") return record;
  const failed: RunRecord = { ...record, status: "failed", error };
  await writeRunRecord(folder, failed);
  return failed;
}

/**
 * The records of the runs directly below `parent`, oldest first; none where there is no folder. A run
 * whose process is gone, whatever ended it, is interrupted.
 */
export async function listRuns(parent: string): Promise<{ folder: string; record: RunRecord }[]> {
  const runs = [];
  for (const folder of await foldersOf(parent)) {
    const record = await findRunRecord(folder);
    if (record) {
      runs.push({ folder, record: { ...record, status: await statusOf(folder, record) } });
    }
  }
  const startOf = (record: RunRecord) => record.attempts[0]?.startedAt ?? "";
  return runs.sort((a, b) => startOf(a.record).localeCompare(startOf(b.record)));
}

/** What a record says, unless its process could not say how it ended. */
export async function statusOf(
  folder: string,
  { status }: Pick<RunRecord, "status">,
): Promise<RunStatus> {
  return status === "running" && !await isRunLocked(folder) ? "interrupted" : status;
}

async function foldersOf(parent: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(parent));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(parent, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * The default folder of runs: the folder `runs` of the project for all that works inside of it,
 * wherever a notebook or script lies; that of the working directory elsewhere.
 */
export function runsFolder(): string {
  const project = fileURLToPath(new URL("../../..", import.meta.url));
  const isInside = !relative(project, Deno.cwd()).startsWith("..");
  return isInside ? join(relative(Deno.cwd(), project), "runs") : "runs";
}

/** Versions of the code that a run's numbers depend on. */
export function libraryVersions(): Record<string, string> {
  return {
    specialist: manifest.version,
    tfjs: versionOf(manifest.imports["@tensorflow/tfjs"]),
    sharp: versionOf(manifest.imports.sharp),
  };
}

function versionOf(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}

/** A field that two records have otherwise; undefined where one of them lacks it. */
export type ChangedField = { field: string; found: unknown; wanted: unknown };

/** A line for each value of `wanted`, however deep, that `found` has otherwise. */
export function differences(found: unknown, wanted: unknown): string[] {
  const shown = (value: unknown) => JSON.stringify(value) ?? "nothing";
  return changedFields(found, wanted).map(({ field, found, wanted }) =>
    `${field}: ${shown(found)} there, ${shown(wanted)} asked for`
  );
}

/** Each value of `wanted`, however deep, that `found` has otherwise, and what lies deeper in `found` alone. */
export function changedFields(
  found: unknown,
  wanted: unknown,
  path: string[] = [],
): ChangedField[] {
  if (isObject(found) && isObject(wanted)) {
    const keys = path.length === 0 ? [] : Object.keys(found);
    return [...new Set([...Object.keys(wanted), ...keys])].flatMap((key) =>
      changedFields(found[key], wanted[key], [...path, key])
    );
  }
  if (Array.isArray(found) && Array.isArray(wanted)) return changedInLists(found, wanted, path);
  const same = JSON.stringify(found) === JSON.stringify(wanted);
  return same ? [] : [{ field: path.join("."), found, wanted }];
}

/** Parts of a list are known by their names where they have any, else by their places. */
function changedInLists(found: unknown[], wanted: unknown[], path: string[]): ChangedField[] {
  const keyed = (list: unknown[]) =>
    Object.fromEntries(
      list.map((item, i) => [isObject(item) ? `${item.name ?? i}` : `${i}`, item]),
    );
  const [before, after] = [keyed(found), keyed(wanted)];
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .flatMap((key) => changedFields(before[key], after[key], [...path, key]));
}
