import type { PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";

/** @throws Error naming the runs that failed, if some have */
export function refuseFailures(states: ReadonlyMap<PlannedRun, RunState>): void {
  const failed = [...states].flatMap(([{ title, folder }, state]) =>
    state.status === "failed" ? [`${title} (${folder}): ${state.error}`] : []
  );
  if (failed.length === 0) return;
  const what = `${failed.length} of ${states.size} runs failed; --retry does them again`;
  throw new Error([what, ...failed].join("\n  - "));
}
