/** How far a run is: what its folder says, and nothing else. */
import { findRunRecord, isRunLocked, readMetrics, type RunRecord } from "specialist/records/mod.ts";
import type { PlannedRun } from "./plan.ts";

export type RunState =
  | { status: "waiting" }
  /** Started and stopped; it goes on from its last checkpoint. */
  | { status: "interrupted" }
  | { status: "running"; since: Date; step: number; steps: number }
  | { status: "finished"; record: RunRecord }
  | { status: "failed"; error: string };

/** Whether there is work left on a run that nobody is at work on. */
export function isOpen({ status }: RunState, { retry }: { retry: boolean }): boolean {
  return status === "waiting" || status === "interrupted" || status === "failed" && retry;
}

/** @throws UserError where the run's record is damaged */
export async function readRunState(
  { folder, config }: Pick<PlannedRun, "folder" | "config">,
): Promise<RunState> {
  const record = await findRunRecord(folder);
  switch (record?.status) {
    case undefined:
      return { status: "waiting" };
    case "finished":
      return { status: "finished", record };
    case "failed":
      return { status: "failed", error: record.error ?? "unknown" };
    case "interrupted":
      return { status: "interrupted" };
    case "running": {
      // The record of a process that was killed says so too; its lock is gone.
      if (!await isRunLocked(folder)) return { status: "interrupted" };
      const step = (await readMetrics(folder)).at(-1)?.step ?? 0;
      const since = new Date(record.attempts.at(-1)!.startedAt);
      return { status: "running", since, step, steps: config.training.steps };
    }
  }
}

export async function readRunStates(
  runs: readonly PlannedRun[],
): Promise<Map<PlannedRun, RunState>> {
  const states = await Promise.all(runs.map(readRunState));
  return new Map(runs.map((run, i) => [run, states[i]]));
}
