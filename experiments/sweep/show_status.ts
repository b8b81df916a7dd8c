/** How far a sweep is, and what is left of it. */
import { listRuns } from "specialist/records/mod.ts";
import { renderTable } from "specialist/tables/mod.ts";
import { formatDuration } from "specialist/units/mod.ts";
import { estimateFrom } from "./estimate.ts";
import type { Plan, Point } from "./plan.ts";
import { remainingInWords, remainingTime } from "./remaining.ts";
import { readRunStates, type RunState } from "./run_state.ts";
import { type QueuedJob, readQueue } from "./slurm/queue.ts";

/** Prints each point of a sweep: what it is, how far its run is, how long it takes. */
export async function showStatus(
  plan: Plan,
  { runs, jobs = 1 }: { runs: string; jobs?: number },
): Promise<void> {
  const records = (await listRuns(runs)).map(({ record }) => record);
  const estimate = estimateFrom(records);
  const states = await readRunStates(plan.runs);
  const queue = await readQueue(plan.runs);
  console.log(renderTable(plan.points, [
    ...plan.axes.map((title, i) => ({ title, value: ({ labels }: Point) => labels[i] })),
    { title: "run", value: ({ run }) => run.id },
    {
      title: "status",
      value: ({ run }) => statusInWords(states.get(run)!, queue.get(run)),
    },
    { title: "time", value: ({ run }) => timeInWords(estimate(run)), align: "right" },
  ]));
  const counts = Object.entries(Object.groupBy([...states.values()], ({ status }) => status))
    .map(([status, { length }]) => `${length} ${status}`).sort().join(", ");
  const left = remainingInWords(remainingTime(states, estimate, jobs));
  console.log(`\n${plan.points.length} points, ${states.size} runs: ${counts}`);
  console.log(`Time left${jobs === 1 ? "" : ` with ${jobs} runs at a time`}: ${left}`);
}

function statusInWords(state: RunState, queued: QueuedJob | undefined): string {
  const job = queued && `Slurm's ${queued.name} is ${queued.state}`;
  const words = state.status === "running"
    ? `running, step ${state.step} of ${state.steps}`
    : state.status === "failed"
    ? `failed: ${state.error.split("\n")[0]}`
    : state.status;
  return job ? `${words} (${job})` : words;
}

function timeInWords(seconds: number | undefined): string {
  return seconds === undefined ? "unknown" : formatDuration(seconds);
}
