import { join } from "node:path";
import { isAbort, UserError } from "../errors/mod.ts";
import { makeFolder, removeUnfinishedFolders } from "../files/mod.ts";
import { keepOnlyCheckpoint } from "./checkpoints.ts";
import { differences } from "./differences.ts";
import { createFingerprint, type RunIdentity, runIdOf } from "./fingerprint.ts";
import { gitCommit } from "./git_commit.ts";
import { lockRun } from "./lock.ts";
import { truncateMetrics } from "./metrics.ts";
import { newRecord } from "./new_record.ts";
import { createRun, type Run } from "./run.ts";
import { findRunRecord, type RunRecord, writeRunRecord } from "./run_record.ts";

export interface RunOptions {
  identity: RunIdentity;
  /** Where runs lie; this one gets a folder named by its id. */
  parent?: string;
  /** The run's own folder, in place of `parent`. */
  folder?: string;
  /** What computes, in a line. */
  backend: string;
}

/** What a run found out, as JSON. */
export type Results = RunRecord["results"];

/**
 * Does a run once: a finished one is only read, an interrupted or failed one goes on from its last
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
 * @throws UserError where the folder holds another run, or another process is at work on it;
 *   and whatever `work` throws
 */
export async function performRun(
  { identity, parent = "runs", folder = join(parent, runIdOf(identity)), backend }: RunOptions,
  work: (run: Run) => Promise<Results>,
): Promise<RunRecord> {
  const earlier = await readOwnRecord(folder, identity);
  if (earlier?.status === "finished") return earlier;
  await makeFolder(folder);
  using lock = await lockRun(folder);
  const record = await readOwnRecord(folder, identity) ?? newRecord(identity);
  if (record.status === "finished") return record;

  await makeFolder(join(folder, "samples"));
  await makeFolder(join(folder, "checkpoints"));
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
  } catch (error) {
    record.status = isAbort(error) ? "interrupted" : "failed";
    if (!isAbort(error)) record.error = error instanceof Error ? error.message : String(error);
    // A full disk may refuse this too; the error that matters is the first.
    await save().catch(() => {});
    throw error;
  }
  await save();
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

/** What the folder says of the run so far; nothing where it is new. */
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
      remedy: "choose another folder, or remove this one to start anew",
    });
  }
  const { kind, config, seed, versions, datasets } = newRecord(identity);
  const changed = differences(record, { kind, config, seed, versions, datasets });
  throw new UserError({
    what: ["the folder holds a run of another configuration", ...changed].join("\n  - "),
    file: folder,
    remedy: "choose another folder, undo the change, or remove the folder to start anew",
  });
}
