import { createFingerprint, type RunIdentity, runIdOf } from "./fingerprint.ts";
import type { RunRecord } from "./run_record.ts";

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
