/**
 * Records: a run is a folder that says what was done, how, and whether it is finished.
 *
 * ```text
 * run.json        what the run is: configuration, versions, data, status, results
 * metrics.jsonl   a line per logged step
 * checkpoints/    what the run goes on from after an interruption
 * samples/        pictures
 * ```
 * @module
 */
export { failRun } from "./fail_run.ts";
export { createFingerprint, type RunIdentity, runIdOf } from "./fingerprint.ts";
export { gitCommit } from "./git_commit.ts";
export { hashFile } from "./hash_file.ts";
export { hashFolder } from "./hash_folder.ts";
export { listRuns, runsFolder } from "./list_runs.ts";
export { isRunLocked } from "./lock.ts";
export { type MetricLine, readMetrics } from "./metrics.ts";
export { performRun, type RunOptions } from "./perform_run.ts";
export type { Checkpoint, Run } from "./run.ts";
export {
  findRunRecord,
  readRunRecord,
  type RunRecord,
  runRecordSchema,
  type RunStatus,
} from "./run_record.ts";
export { libraryVersions } from "./versions.ts";
