/** Does a run once: starts it, resumes it from its last checkpoint, or reads its results. */
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { createFingerprint, gitCommit, type RunIdentity, runIdOf } from "./identity.ts";
import { Interrupted, isAbort } from "./interrupt.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { appendMetrics, type MetricLine, syncMetrics, truncateMetrics } from "./metrics.ts";
import { namesIn } from "./read_files.ts";
import {
  differences,
  findRunRecord,
  newRecord,
  type RunRecord,
  writeRunRecord,
} from "./run_record.ts";
import { makeFolder, removeUnfinishedFolders, replaceFolder } from "./write_files.ts";

interface RunOptions {
  identity: RunIdentity;
  /** The folder of runs; this one gets a folder named by its id. */
  parent?: string;
  /** The run's own folder, in place of `parent`. */
  folder?: string;
  /** The backend, in one line. */
  backend: string;
}

/** A run's results, as JSON. */
type Results = RunRecord["results"];

/**
 * Does a run once: a finished one is only read, an interrupted or failed one resumes from its last
 * checkpoint. The record says how `work` ended, whichever way.
 *
 * ```ts
 * const { results } = await performRun({ identity, parent: "runs", backend }, async (run) => {
 *   const state = run.checkpoint ? await load(run.checkpoint.folder) : await start();
 *   …
 *   return { clipScore };
 * });
 * ```
 *
 * @throws UserError where the folder holds another run, or another process is working on it;
 *   and whatever `work` throws
 */
export async function performRun(
  { identity, parent = "runs", folder = join(parent, runIdOf(identity)), backend }: RunOptions,
  work: (run: Run) => Promise<Results>,
): Promise<RunRecord> {
  const earlier = await readOwnRecord(folder, identity);
  if (earlier?.status === "finished") return await withoutRemains(folder, earlier);
  await makeFolder(folder);
  using lock = await lockRun(folder);
  const record = await readOwnRecord(folder, identity) ?? newRecord(identity);
  if (record.status === "finished") return record;

  await makeFolder(join(folder, "samples"));
  await makeFolder(join(folder, "checkpoints"));
  await makeFolder(cacheIn(folder));
  await removeUnfinishedFolders(folder);
  await keepOnlyCheckpoint(folder, record.checkpointStep);
  await truncateMetrics(folder, record.checkpointStep ?? -1);
  const attempt = startAttempt(record, backend);
  await writeRunRecord(folder, record);

  const started = performance.now();
  const save = async () => {
    attempt.seconds = (performance.now() - started) / 1000;
    await lock.assertHeld();
    await writeRunRecord(folder, record);
  };
  try {
    record.results = await work(createRun(folder, record, lock));
    record.status = "finished";
    record.finishedAt = now();
    delete record.checkpointStep;
  } catch (error) {
    record.status = isAbort(error) ? "interrupted" : "failed";
    if (!isAbort(error)) record.error = error instanceof Error ? error.message : String(error);
    // A full disk may refuse this too; the error that matters is the first.
    await save().catch(() => {});
    throw error instanceof Interrupted ? resumable(error, record) : error;
  }
  await save();
  return await withoutRemains(folder, record);
}

/** The interruption, which says where the run resumes. */
function resumable({ signal }: Interrupted, { checkpointStep }: RunRecord): Interrupted {
  const place = checkpointStep
    ? ` after step ${checkpointStep}`
    : "; no step of it is finished yet";
  return new Interrupted(signal, `run the same command again to resume${place}`);
}

/**
 * The finished run, whose folder no longer holds what it would have resumed from. Runs of earlier
 * versions, whose records name a checkpoint, keep it.
 */
async function withoutRemains(folder: string, record: RunRecord): Promise<RunRecord> {
  if (record.checkpointStep !== undefined) return record;
  const checkpoints = join(folder, "checkpoints");
  const remains = [...await namesIn(checkpoints)].map((name) => join(checkpoints, name));
  for (const path of [...remains, cacheIn(folder)]) {
    await Deno.remove(path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return record;
}

function startAttempt(record: RunRecord, backend: string): RunRecord["attempts"][number] {
  const commit = gitCommit();
  const fromStep = record.checkpointStep ?? 0;
  const attempt = { startedAt: now(), fromStep, backend, ...commit && { commit } };
  record.attempts.push(attempt);
  record.status = "running";
  delete record.error;
  return attempt;
}

const now = () => new Date().toISOString();

/** The run so far, from its folder; undefined where it is new. */
async function readOwnRecord(
  folder: string,
  identity: RunIdentity,
): Promise<RunRecord | undefined> {
  const record = await findRunRecord(folder);
  if (record) refuseOther(record, identity, folder);
  return record;
}

function refuseOther(record: RunRecord, identity: RunIdentity, folder: string): void {
  if (record.fingerprint === createFingerprint(identity)) return;
  const { specialist: version } = record.versions;
  if (version !== identity.versions.specialist) {
    throw new UserError({
      what:
        `the folder holds run ${record.id} of version ${version ?? "unknown"} of this project; ` +
        `version ${identity.versions.specialist} can show it, but not resume or repeat it`,
      file: folder,
      remedy: "choose another folder, or remove this one to start again",
    });
  }
  const { kind, config, seed, versions, datasets } = newRecord(identity);
  const changed = differences(record, { kind, config, seed, versions, datasets });
  throw new UserError({
    what: ["the folder holds a run of another configuration", ...changed].join("\n  - "),
    file: folder,
    remedy: "choose another folder, undo the change, or remove the folder to start again",
  });
}

export interface Checkpoint {
  step: number;
  folder: string;
}

/** A run that is under way. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  /** Where images go. */
  readonly samplesFolder: string;
  /** What was made on the way, such as images, for a run that resumes; gone when it is finished. */
  readonly cacheFolder: string;
  /** What to resume from; undefined for a run that starts. */
  readonly checkpoint: Checkpoint | undefined;
  /** Adds a line to `metrics.jsonl`. */
  log(line: MetricLine): Promise<void>;
  /**
   * Has `write` fill a folder with all that the run needs to resume after `step` steps; it replaces
   * the one before. Until it is complete, and on the disk, the one before is what counts. A step that
   * has its checkpoint already is not written again.
   */
  saveCheckpoint(step: number, write: (folder: string) => Promise<void>): Promise<void>;
}

/** The run of a locked folder whose record is `record`, which it keeps up to date. */
function createRun(folder: string, record: RunRecord, lock: RunLock): Run {
  const { id, checkpointStep: step } = record;
  return {
    id,
    folder,
    samplesFolder: join(folder, "samples"),
    cacheFolder: cacheIn(folder),
    checkpoint: step === undefined ? undefined : { step, folder: checkpointFolder(folder, step) },
    async log(line) {
      await lock.assertHeld();
      await appendMetrics(folder, line);
    },
    async saveCheckpoint(step, write) {
      if (step === record.checkpointStep) return;
      await lock.assertHeld();
      await replaceFolder(checkpointFolder(folder, step), write);
      await syncMetrics(folder);
      record.checkpointStep = step;
      await writeRunRecord(folder, record);
      await keepOnlyCheckpoint(folder, step);
    },
  };
}

const cacheIn = (folder: string) => join(folder, "cache");

const nameOf = (step: number) => `step-${String(step).padStart(8, "0")}`;

function checkpointFolder(folder: string, step: number): string {
  return join(folder, "checkpoints", nameOf(step));
}

/**
 * Removes every checkpoint, finished or not, but that of `step`.
 *
 * @throws UserError where that one is not there; the others are then kept
 */
async function keepOnlyCheckpoint(folder: string, step: number | undefined): Promise<void> {
  const parent = join(folder, "checkpoints");
  const names = await namesIn(parent);
  if (step !== undefined && !names.delete(nameOf(step))) {
    throw new UserError({
      what: "the checkpoint that the run's record names is not there",
      file: checkpointFolder(folder, step),
      remedy: "put it back, or remove the run's folder to start it again",
    });
  }
  for (const name of names) await Deno.remove(join(parent, name), { recursive: true });
}
