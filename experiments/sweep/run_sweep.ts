/** `deno task sweep FILE`: from a grid to its table. */
import { listRuns } from "specialist/records/mod.ts";
import type { SweepConfig } from "./config.ts";
import { createSweepDisplay } from "./display.ts";
import { estimateFrom } from "./estimate.ts";
import type { Plan } from "./plan.ts";
import { remainingInWords, remainingTime } from "./remaining.ts";
import { reportResults } from "./report_results.ts";
import { runLocally } from "./run_locally.ts";
import { runThroughSlurm } from "./slurm/run_through_slurm.ts";
import { showStatus } from "./show_status.ts";

/** @throws Error where runs have failed */
export async function runSweep(
  plan: Plan,
  config: SweepConfig,
  signal: AbortSignal,
): Promise<void> {
  if (config["dry-run"]) return await showStatus(plan, config);
  return config.executor === "slurm"
    ? await runThroughSlurm(plan, config)
    : await runHere(plan, config, signal);
}

async function runHere(plan: Plan, config: SweepConfig, signal: AbortSignal): Promise<void> {
  const { runs, jobs = 1, retry } = config;
  const threads = config.threads ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const records = new Map((await listRuns(runs)).map(({ record }) => [record.id, record]));
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
        const remaining = remainingTime(states, estimateFrom([...records.values()]), jobs);
        display.show(states, remainingInWords(remaining));
      },
    });
    display.stop();
    await reportResults(plan, states, config);
  } finally {
    display.stop();
  }
}
