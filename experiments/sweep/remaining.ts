import { mean } from "simple-statistics";
import { formatDuration } from "specialist/units/mod.ts";
import type { Estimate } from "./estimate.ts";
import type { PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";

/** The time that is left, in seconds. */
export type Remaining = {
  seconds: number;
  /** Runs whose time nobody knows; they count as long as the others on average. */
  unknown: number;
};

/** What `jobs` processes need for the runs that are not done; undefined while no run's time is known. */
export function remainingTime(
  states: ReadonlyMap<PlannedRun, RunState>,
  estimate: Estimate,
  jobs: number,
  now = Date.now(),
): Remaining | undefined {
  const open = [...states].filter(([, { status }]) => status !== "finished" && status !== "failed");
  const known = [...states.keys()].flatMap((run) => estimate(run) ?? []);
  if (open.length === 0) return { seconds: 0, unknown: 0 };
  if (known.length === 0) return undefined;
  const usual = mean(known);
  const seconds = open.map(([run, state]) => {
    const whole = estimate(run) ?? usual;
    if (state.status !== "running") return whole;
    // The clock may have been set back since.
    const passed = Math.max(0, (now - state.since.getTime()) / 1000);
    return Math.max(0, whole - passed);
  });
  const unknown = open.filter(([run]) => estimate(run) === undefined).length;
  const total = seconds.reduce((sum, value) => sum + value, 0);
  return { seconds: Math.max(total / jobs, ...seconds), unknown };
}

/** "1h 20m", "about 1h 20m (3 runs of unknown length)", "unknown". */
export function remainingInWords(remaining: Remaining | undefined): string {
  if (!remaining) return "unknown";
  const { seconds, unknown } = remaining;
  if (unknown === 0) return formatDuration(seconds);
  const runs = unknown === 1 ? "1 run" : `${unknown} runs`;
  return `about ${formatDuration(seconds)} (${runs} of unknown length)`;
}
