import type { Summary } from "../tables/mod.ts";
import { selectionSchema } from "./config.ts";
import { refuseFailures } from "./failures.ts";
import { loadPlan } from "./load_plan.ts";
import type { PlannedRun } from "./plan.ts";
import { runLocally } from "./run_locally.ts";
import type { RunState } from "./run_state.ts";
import { summaryOf } from "./summary.ts";

export type CompletionOptions = {
  /** The sweep's quick form. */
  quick: boolean;
  signal: AbortSignal;
  /** Called at least every second with how many of all optimizer steps are done. */
  onProgress(steps: number, total: number): void;
};

/**
 * Does what is left of a sweep, one run at a time; writes nothing but the runs.
 *
 * @param experiment the file that defines it
 * @throws Error where runs have failed; the signal's reason
 */
export async function completeSweep(
  experiment: string,
  { quick, signal, onProgress }: CompletionOptions,
): Promise<Summary> {
  const plan = await loadPlan(selectionSchema.parse({ experiment, quick }));
  const total = plan.runs.reduce((sum, { config }) => sum + config.training.steps, 0);
  const states = await runLocally(plan.runs, {
    jobs: 1,
    threads: navigator.hardwareConcurrency,
    retry: true,
    signal,
    onChange(states) {
      onProgress([...states].reduce((sum, entry) => sum + stepsDone(...entry), 0), total);
    },
  });
  refuseFailures(states);
  return summaryOf(plan, states)!;
}

function stepsDone({ config }: PlannedRun, state: RunState): number {
  if (state.status === "running") return state.step;
  return state.status === "finished" ? config.training.steps : 0;
}
