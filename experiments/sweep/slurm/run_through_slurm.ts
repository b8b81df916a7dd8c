import type { SweepConfig } from "../config.ts";
import type { Plan } from "../plan.ts";
import { isOpen, readRunStates } from "../run_state.ts";
import { readQueue } from "./queue.ts";
import { submit } from "./submit.ts";

/**
 * Gives Slurm all runs of a sweep that are to be done and that it does not have yet.
 *
 * @throws UserError where Slurm refuses
 */
export async function runThroughSlurm(plan: Plan, config: SweepConfig): Promise<void> {
  const { quick, runs, jobs, threads = 1, retry, slurm } = config;
  const states = await readRunStates(plan.runs);
  const queue = await readQueue(plan.runs);
  const due = plan.runs.filter((run) => !queue.has(run) && isOpen(states.get(run)!, { retry }));
  const rest = `${queue.size} in the queue, ${plan.runs.length - due.length - queue.size} others`;
  if (due.length === 0) return console.log(`Nothing to submit: ${rest}`);
  const job = await submit(due, { name: plan.name, runs, jobs, threads, ...slurm });
  console.log(`Submitted job ${job}: ${due.length} of ${plan.runs.length} runs (${rest})`);
  const which = [plan.file, ...quick ? ["--quick"] : [], `--runs ${runs}`].join(" ");
  console.log(`How far it is: deno task specialist sweep-status ${which}`);
  console.log(`Its table:     deno task specialist sweep-collect ${which}`);
}
