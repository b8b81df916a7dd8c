import { join } from "node:path";
import { replaceFolder } from "../files/mod.ts";
import { checkpointFolder, keepOnlyCheckpoint } from "./checkpoints.ts";
import type { RunLock } from "./lock.ts";
import { appendMetrics, type MetricLine, syncMetrics } from "./metrics.ts";
import { type RunRecord, writeRunRecord } from "./run_record.ts";

export interface Checkpoint {
  step: number;
  folder: string;
}

/** A run that is under way. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  /** Where pictures go. */
  readonly samplesFolder: string;
  /** What to go on from; undefined for a run from its start. */
  readonly checkpoint: Checkpoint | undefined;
  /** Adds a line to `metrics.jsonl`. */
  log(line: MetricLine): Promise<void>;
  /**
   * Has `write` fill a folder with all that the run needs to go on after `step` steps; it replaces
   * the one before. Until it is complete, and on the disk, the one before is what counts. A step that
   * has its checkpoint already is not written again.
   */
  saveCheckpoint(step: number, write: (folder: string) => Promise<void>): Promise<void>;
}

/** The run of a locked folder whose record is `record`, which it keeps up to date. */
export function createRun(folder: string, record: RunRecord, lock: RunLock): Run {
  const { id, checkpointStep: step } = record;
  return {
    id,
    folder,
    samplesFolder: join(folder, "samples"),
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
