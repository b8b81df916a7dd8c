/** The progress of a sweep, and what is left of it. */
import { createLogUpdate } from "log-update";
import process from "node:process";
import { formatDuration, listRuns, renderTable } from "specialist/internal/runtime/mod.ts";
import type { Plan, PlannedRun, Point } from "./plan.ts";
import {
  type Estimate,
  estimateFrom,
  readRunStates,
  remainingInWords,
  remainingTime,
  type RunState,
} from "./run_state.ts";
import { shippedEstimate } from "./shipped_timings.ts";
import { type QueuedJob, readQueue } from "./slurm.ts";

/** Points of a sweep on a page. */
const pageLength = 20;

/** Prints how far a sweep is, then a page of its points: what each is, how far its run is, how long it takes. */
export async function runSweepStatus(
  plan: Plan,
  { runs, jobs = 1, page = 1 }: { runs: string; jobs?: number; page?: number },
): Promise<void> {
  const records = (await listRuns(runs)).map(({ record }) => record);
  const known = estimateFrom(records);
  const shipped = await shippedEstimate(records, plan.runs);
  const estimate: Estimate = (run) => known(run) ?? shipped.estimate(run);
  const states = await readRunStates(plan.runs);
  const queue = await readQueue(plan.runs);
  const counts = Object.entries(Object.groupBy([...states.values()], ({ status }) => status))
    .map(([status, { length }]) => `${length} ${status}`).sort().join(", ");
  const left = remainingInWords(remainingTime(states, estimate, jobs));
  const isEstimated = [...states].some(([run, { status }]) =>
    status !== "finished" && known(run) === undefined && shipped.estimate(run) !== undefined
  );
  console.log(`${plan.title}: ${plan.points.length} points, ${states.size} runs: ${counts}`);
  console.log(
    `Time left${jobs === 1 ? "" : ` with ${jobs} runs at a time`}: ${
      isEstimated ? "about " : ""
    }${left}`,
  );
  if (isEstimated) console.log(`Times with ~ are estimated from ${shipped.source}`);
  const pages = Math.ceil(plan.points.length / pageLength);
  const first = (Math.min(page, pages) - 1) * pageLength;
  const points = plan.points.slice(first, first + pageLength);
  console.log(`\n${pointsTable()}`);
  const last = first + points.length;
  if (pages > 1) {
    const next = last < plan.points.length
      ? `; --page ${last / pageLength + 1} shows the next`
      : "";
    console.log(`\nPoints ${first + 1} to ${last} of ${plan.points.length}${next}`);
  }

  function pointsTable(): string {
    return renderTable(points, [
      ...plan.axes.map((title, i) => ({ title, value: ({ labels }: Point) => labels[i] })),
      { title: "run", value: ({ run }) => run.id },
      {
        title: "status",
        value: ({ run }) => statusInWords(states.get(run)!, queue.get(run)),
      },
      {
        title: "time",
        value: ({ run }) => {
          const own = known(run);
          return own === undefined ? timeInWords(shipped.estimate(run), "~") : timeInWords(own);
        },
        align: "right",
      },
    ]);
  }
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

function timeInWords(seconds: number | undefined, mark = ""): string {
  return seconds === undefined ? "unknown" : mark + formatDuration(seconds);
}

// A sweep under way, on a terminal or in a log.

type SweepDisplay = {
  /** @param left the time that is left, in words */
  show(states: ReadonlyMap<PlannedRun, RunState>, left: string): void;
  /** Leaves the terminal as it is. */
  stop(): void;
};

/** On standard error: a table that is redrawn on a terminal, else a line for each change. */
export function createSweepDisplay(): SweepDisplay {
  return process.stderr.isTTY ? tableDisplay(process.stderr) : lineDisplay(console.error);
}

function tableDisplay(stream: typeof process.stderr): SweepDisplay {
  const update = createLogUpdate(stream, { showCursor: true });
  return {
    show: (states, left) => update(sweepScreen(states, left, stream.rows)),
    stop: () => update.done(),
  };
}

/** A line for each run whose status has changed since the last look, and a summary. */
export function lineDisplay(write: (line: string) => void): SweepDisplay {
  let last: ReadonlyMap<PlannedRun, RunState> | undefined;
  return {
    show(states, left) {
      const former = last ?? states;
      const changed = [...states].filter(([run, { status }]) => former.get(run)?.status !== status);
      for (const [{ title, id }, state] of changed) {
        const words = [`${title} (${id}): ${state.status}`, firstLineOfError(state)];
        write(words.filter(Boolean).join(": "));
      }
      if (!last || changed.length > 0) write(summary(states, left));
      last = states;
    },
    stop() {},
  };
}

/** A table of runs under way and failed ones, as many as `rows` lines have room for, and a summary. */
export function sweepScreen(
  states: ReadonlyMap<PlannedRun, RunState>,
  left: string,
  rows: number,
): string {
  const shown = [...states].filter(([, { status }]) => status === "running" || status === "failed")
    .sort(([, a], [, b]) => Number(a.status === "failed") - Number(b.status === "failed"));
  // The table's head, the rule below it, and the summary.
  const visible = shown.slice(0, Math.max(1, rows - 4));
  const table = renderTable(visible, [
    { title: "run", value: ([{ title }]) => title },
    { title: "status", value: ([, { status }]) => status },
    {
      title: "step",
      value: ([, state]) => state.status === "running" ? `${state.step}/${state.steps}` : "",
      align: "right",
    },
    {
      title: "since",
      value: ([, state]) =>
        state.status === "running"
          ? formatDuration((Date.now() - state.since.getTime()) / 1000)
          : firstLineOfError(state),
    },
  ]);
  return [...visible.length > 0 ? [table] : [], summary(states, left)].join("\n");
}

function summary(states: ReadonlyMap<PlannedRun, RunState>, left: string): string {
  const count = (status: RunState["status"]) =>
    [...states.values()].filter((state) => state.status === status).length;
  const counts = (["running", "failed"] as const).flatMap((status) =>
    count(status) > 0 ? [`${count(status)} ${status}`] : []
  );
  const done = `${count("finished")} of ${states.size} runs finished`;
  return [done, ...counts, `time left: ${left}`].join(" · ");
}

function firstLineOfError(state: RunState): string {
  return state.status === "failed" ? state.error.split("\n")[0] : "";
}
