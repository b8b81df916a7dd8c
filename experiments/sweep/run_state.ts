/** The state of a run, from its folder alone. */
import { mean, median } from "simple-statistics";
import {
  createFingerprint,
  findRunRecord,
  formatDuration,
  readMetrics,
  type RunIdentity,
  type RunRecord,
  statusOf,
} from "specialist/internal/runtime/mod.ts";
import type { PlannedRun } from "./plan.ts";

export type RunState =
  | { status: "waiting" }
  /** Started and stopped; it resumes from its last checkpoint. */
  | { status: "interrupted" }
  | { status: "running"; since: Date; step: number; steps: number }
  | { status: "finished"; record: RunRecord }
  | { status: "failed"; error: string };

/** Whether a run has work left that no process is doing. */
export function isOpen({ status }: RunState, { retry }: { retry: boolean }): boolean {
  return status === "waiting" || status === "interrupted" || status === "failed" && retry;
}

/** @throws UserError where the run's record is damaged */
export async function readRunState(
  { folder, config }: Pick<PlannedRun, "folder" | "config">,
): Promise<RunState> {
  const record = await findRunRecord(folder);
  if (!record) return { status: "waiting" };
  switch (await statusOf(folder, record)) {
    case "finished":
      return { status: "finished", record };
    case "failed":
      return { status: "failed", error: record.error ?? "unknown" };
    case "interrupted":
      return { status: "interrupted" };
    case "running": {
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

/** The time that is left, in seconds. */
type Remaining = {
  seconds: number;
  /** Runs of unknown length; they count as the others' average. */
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

// How long runs take, as far as finished ones tell.

/** Seconds that a run takes from its start, or undefined where no finished run is comparable. */
export type Estimate = (run: PlannedRun) => number | undefined;

/**
 * The median of finished runs that differ in no more than style, shots and seed. Runs that were
 * interrupted do not count.
 */
export function estimateFrom(records: readonly RunRecord[]): Estimate {
  const times = Map.groupBy(
    records.flatMap((record) => {
      const seconds = secondsOf(record);
      return seconds === undefined ? [] : [{ work: workOf(record), seconds }];
    }),
    ({ work }) => work,
  );
  return ({ identity }) => {
    const alike = times.get(workOf(identity));
    return alike && median(alike.map(({ seconds }) => seconds));
  };
}

/** Undefined where the run is not finished, or was interrupted. */
export function secondsOf({ status, attempts, finishedAt }: RunRecord): number | undefined {
  if (status !== "finished" || attempts.length !== 1) return undefined;
  const [{ startedAt, seconds }] = attempts;
  // Records of earlier versions have times of day only.
  return seconds ?? Math.max(0, (Date.parse(finishedAt!) - Date.parse(startedAt)) / 1000);
}

/** The same for runs that take equally long. */
function workOf({ kind, config }: Pick<RunIdentity, "kind" | "config">): string {
  const { style: _, data: _d, styleWords: _w, shots: _s, ...work } = config;
  return createFingerprint({ kind, config: work, seed: 0, versions: {}, datasets: {} });
}
