/** A sweep in processes on this machine. */
import { setTimeout as delay } from "node:timers/promises";
import { type Child, performInChild } from "./perform_in_child.ts";
import type { PlannedRun } from "./plan.ts";
import { writeRunConfig } from "./run_files.ts";
import { isOpen, readRunStates, type RunState } from "./run_state.ts";

export type LocalOptions = {
  /** Runs at a time. */
  jobs: number;
  /** Threads for each. */
  threads: number;
  /** Whether runs that failed before are done again. */
  retry: boolean;
  signal: AbortSignal;
  /** Called at least every second. */
  onChange(states: ReadonlyMap<PlannedRun, RunState>): void;
  /** Called when a run's process has been started. */
  onStart?(run: PlannedRun, child: Child): void;
};

/** Milliseconds between looks at the runs' folders. */
const interval = 1000;

/**
 * Does all runs that are not finished. What is to be done is read from the runs' folders again and
 * again: a run that another process is at work on, as one left over from a sweep that was killed, is
 * waited for.
 *
 * @returns how all runs ended
 * @throws the signal's reason, once all processes have stopped
 */
export async function runLocally(
  runs: readonly PlannedRun[],
  { jobs, threads, retry, signal, onChange, onStart }: LocalOptions,
): Promise<Map<PlannedRun, RunState>> {
  const children = new Map<PlannedRun, Child>();
  const failedBefore = new Set(
    [...await readRunStates(runs)].filter(([, { status }]) => status === "failed")
      .map(([run]) => run),
  );
  const isDue = (run: PlannedRun, state: RunState) =>
    !children.has(run) && isOpen(state, { retry: retry && failedBefore.has(run) });

  async function start(run: PlannedRun) {
    failedBefore.delete(run);
    await writeRunConfig(run);
    const child = performInChild(run, threads);
    children.set(run, child);
    child.ended = child.ended.finally(() => children.delete(run));
    onStart?.(run, child);
  }

  try {
    for (;;) {
      signal.throwIfAborted();
      const states = await readRunStates(runs);
      const busy = [...states].filter(([run, { status }]) =>
        children.has(run) || status === "running"
      );
      const due = [...states].filter(([run, state]) => isDue(run, state)).map(([run]) => run);
      onChange(states);
      if (busy.length === 0 && due.length === 0) return states;
      // One that is loading may be filling the caches that all share: the next one waits for it.
      const isLoading = busy.some(([, { status }]) => status === "waiting");
      if (due.length > 0 && busy.length < jobs && !isLoading) await start(due[0]);
      const ends = [...children.values()].map(({ ended }) => ended);
      await Promise.race([delay(interval, undefined, { signal }), ...ends]);
    }
  } catch (error) {
    for (const { stop } of children.values()) stop();
    await Promise.allSettled([...children.values()].map(({ ended }) => ended));
    throw signal.aborted ? signal.reason : error;
  }
}
