import { newRecord } from "./new_record.ts";
import { lockRun } from "./lock.ts";
import type { RunIdentity } from "./fingerprint.ts";
import { findRunRecord, type RunRecord, writeRunRecord } from "./run_record.ts";

/**
 * Records that a run failed whose process could not do so itself: it ended before the run began, or
 * was killed. A run that has finished, or says itself why it failed, stays as it is.
 *
 * @throws UserError where another process is at work on it
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
