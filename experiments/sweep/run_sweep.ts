/** `deno task sweep FILE`: from a grid to its table. */
import { listRuns } from "specialist/records/mod.ts";
import type { SweepConfig } from "./config.ts";
import { createSweepDisplay } from "./display.ts";
import { estimateFrom } from "./estimate.ts";
import { listPlan } from "./list_plan.ts";
import { loadSweep } from "./load_sweep.ts";
import { type Plan, planSweep } from "./plan.ts";
import { remainingInWords, remainingTime } from "./remaining.ts";
import { reportResults } from "./report_results.ts";
import { runLocally } from "./run_locally.ts";
import { readRunStates } from "./run_state.ts";

/** @throws UserError where a configuration is wrong; Error where runs have failed */
export async function runSweep(config: SweepConfig, signal: AbortSignal): Promise<void> {
  const plan = await planSweep(await loadSweep(config.experiment, config.quick), config.runs);
  if (config["dry-run"]) return await list(plan, config);
  await runHere(plan, config, signal);
}

async function list(plan: Plan, { runs, jobs }: SweepConfig): Promise<void> {
  const estimate = estimateFrom(await recordsIn(runs));
  const states = await readRunStates(plan.runs);
  const left = remainingInWords(remainingTime(states, estimate, jobs));
  console.log(`${listPlan(plan, states, estimate)}\n`);
  console.log(`${plan.points.length} points, ${plan.runs.length} runs; time left: ${left}`);
}

async function runHere(plan: Plan, config: SweepConfig, signal: AbortSignal): Promise<void> {
  const { runs, jobs, retry } = config;
  const threads = config.threads ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const records = new Map((await recordsIn(runs)).map((record) => [record.id, record]));
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

async function recordsIn(folder: string) {
  return (await listRuns(folder)).map(({ record }) => record);
}
