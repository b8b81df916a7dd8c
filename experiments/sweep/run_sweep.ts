/** `deno task sweep FILE`: from a grid to its table. */
import { Interrupted, listRuns, runsFolder } from "specialist/internal/runtime/mod.ts";
import type { Summary } from "../tables/mod.ts";
import { refuseFailures, reportResults, summaryOf } from "./collect.ts";
import { selectionSchema, type SweepConfig } from "./config.ts";
import { loadPlan, type Plan, type PlannedRun } from "./plan.ts";
import { runLocally } from "./run_locally.ts";
import {
  type Estimate,
  estimateFrom,
  remainingInWords,
  remainingTime,
  type RunState,
} from "./run_state.ts";
import { shippedEstimate } from "./shipped_timings.ts";
import { runThroughSlurm } from "./slurm.ts";
import { createSweepDisplay, runSweepStatus } from "./status.ts";

/** @throws Error where runs have failed */
export async function runSweep(
  plan: Plan,
  config: SweepConfig,
  signal: AbortSignal,
): Promise<void> {
  if (config["dry-run"]) return await runSweepStatus(plan, config);
  return config.executor === "slurm"
    ? await runThroughSlurm(plan, config)
    : await runHere(plan, config, signal);
}

async function runHere(plan: Plan, config: SweepConfig, signal: AbortSignal): Promise<void> {
  const { runs, jobs = 1, retry } = config;
  const threads = config.threads ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const records = new Map((await listRuns(runs)).map(({ record }) => [record.id, record]));
  const shipped = await shippedEstimate([...records.values()], plan.runs);
  const display = createSweepDisplay();
  try {
    const states = await runLocally(plan.runs, {
      jobs,
      threads,
      retry,
      signal,
      onChange(states) {
        for (const state of states.values()) {
          if (state.status === "finished") records.set(state.record.id, state.record);
        }
        const known = estimateFrom([...records.values()]);
        const estimate: Estimate = (run) => known(run) ?? shipped.estimate(run);
        const remaining = remainingTime(states, estimate, jobs);
        display.show(states, remainingInWords(remaining));
      },
    });
    display.stop();
    await reportResults(plan, states, config);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.signal, "run the same command again to resume");
  } finally {
    display.stop();
  }
}

type CompletionOptions = {
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
  const plan = await loadPlan(selectionSchema.parse({ experiment, quick, runs: runsFolder() }));
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
