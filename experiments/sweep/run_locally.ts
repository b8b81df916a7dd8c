/** A sweep in processes on this machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  completeTrainConfig,
  dataHashes,
  type Method,
  presetOf,
  runIdentity,
  type TrainConfig,
  trainSchema,
} from "specialist";
import {
  confine,
  failRun,
  isRunLocked,
  readConfigFile,
  resolveConfig,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { isEagerForced, threadBudget } from "specialist/internal/tensor/mod.ts";
import { methodOf } from "specialist/specialist";
import { trainInLab } from "../train/train.ts";
import {
  configFile,
  loadPlan,
  logFile,
  type PlannedRun,
  readSource,
  sourceFile,
  writeRunConfig,
} from "./plan.ts";
import { isOpen, readRunState, readRunStates, type RunState } from "./run_state.ts";

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

// A run in a process of its own, which may outlive this one.

/** What it takes to do a run whose configuration is in its folder. */
type PreparedRun = Pick<PlannedRun, "folder" | "identity">;

type Child = {
  /** Asks the run to stop; it can resume from there later. */
  stop(): void;
  /** Ends its process at once, as a crash does. */
  kill(): void;
  /** Settles once the process has ended and its run's record says how. */
  ended: Promise<void>;
};

const main = join(import.meta.dirname!, "..", "main.ts");

/** Ends of a process that was asked to stop. */
const stopped = new Set<unknown>([130, 143, "SIGINT", "SIGTERM"]);

/** Of the log, where the run's record says nothing. */
const maxExcerptLength = 1500;

/**
 * Starts the run whose configuration is in its folder; what it writes to the terminal goes to a
 * file there. It is in a process group of its own: Ctrl-C reaches it through `stop` only.
 */
function performInChild(run: PreparedRun, threads: number): Child {
  const { folder } = run;
  const log = openSync(logFile(folder), "a");
  const start = fstatSync(log).size;
  const eager = isEagerForced() ? ["--eager"] : [];
  const { args, env } = confine({ writes: [folder] });
  const child = spawn(
    Deno.execPath(),
    [...args, main, ...commandFor(folder), ...eager],
    {
      stdio: ["ignore", log, log],
      detached: true,
      env: {
        ...Deno.env.toObject(),
        ...env,
        SPECIALIST_THREADS: `${threads}`,
        NO_COLOR: "1",
        // Models from the Hub were fetched when the run was planned.
        HF_HUB_OFFLINE: "1",
      },
    },
  );
  closeSync(log);
  const ended = once(child, "exit")
    .then(([code, signal]) => recordEnd(run, code ?? signal, start));
  return { stop: () => child.kill("SIGINT"), kill: () => child.kill("SIGKILL"), ended };
}

/** `train` with the run's configuration, or what takes its method from the sweep's file. */
function commandFor(folder: string): string[] {
  return existsSync(sourceFile(folder))
    ? ["sweep-run", folder]
    : ["train", "--config", configFile(folder)];
}

/** A process that fails before its run begins, or is killed, leaves no word of it in the record. */
async function recordEnd(
  { folder, identity }: PreparedRun,
  end: number | string,
  logStart: number,
): Promise<void> {
  if (end === 0 || stopped.has(end) || await isRunLocked(folder)) return;
  const how = typeof end === "number" ? `the process ended with code ${end}` : `killed by ${end}`;
  const log = (await Deno.readTextFile(logFile(folder))).slice(logStart).trim();
  await failRun(folder, identity, [how, log.slice(-maxExcerptLength)].filter(Boolean).join("\n"));
}

// One run of a sweep, whose configuration is in its folder.

type ReadRun = { config: Omit<TrainConfig, "method">; method: Method };

/** A run's configuration and method; the method is the sweep file's own where it is a value. */
async function readRun(folder: string): Promise<ReadRun> {
  const file = configFile(folder);
  const source = await readSource(folder);
  if (!source) {
    const { method, ...config } = completeTrainConfig(await readConfigFile(file), file);
    return { config, method: methodOf(method) };
  }
  const { runs } = await loadPlan({ experiment: source.file, quick: source.quick, runs: "runs" });
  const run = runs.find(({ title }) => title === source.title);
  if (!run) {
    throw new UserError({
      what: "the sweep no longer has this run",
      file: source.file,
      value: source.title,
      remedy: "start the sweep again",
    });
  }
  const config = await resolveConfig(trainSchema.omit({ method: true }), { file });
  return { config, method: run.method };
}

/** Does a run whose method is a value in a sweep's file; in its own process, as `train` does others. */
export async function runSweepRun(folder: string, signal: AbortSignal): Promise<void> {
  const { config, method } = await readRun(folder);
  await trainInLab(config, method, signal);
}

/**
 * Does the run in a process of its own, so that its record tells how it ended even if that process is
 * killed.
 *
 * @throws Error where it failed; the signal's reason
 */
export async function runSweepTask(folder: string, signal: AbortSignal): Promise<void> {
  const { config, method } = await readRun(folder);
  const datasets = await dataHashes(config);
  const identity = runIdentity({ config, datasets, preset: presetOf(config) }, method, config);
  const child = performInChild({ folder, identity }, threadBudget());
  signal.addEventListener("abort", child.stop);
  if (signal.aborted) child.stop();
  await child.ended;
  signal.throwIfAborted();
  const state = await readRunState({ folder, config });
  if (state.status === "finished") return;
  throw new Error(state.status === "failed" ? state.error : `the run is ${state.status}`);
}
