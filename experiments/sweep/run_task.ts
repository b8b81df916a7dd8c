/** One run of a sweep, whose configuration is in its folder. */
import {
  dataHashes,
  type Method,
  presetFor,
  runIdentity,
  type TrainConfig,
  trainSchema,
} from "specialist";
import { resolveConfig } from "specialist/config/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { methodOf } from "specialist/specialist/mod.ts";
import { threadBudget } from "specialist/tensorflow/threads.ts";
import { trainInLab } from "../train/train.ts";
import { loadPlan } from "./load_plan.ts";
import { performInChild } from "./perform_in_child.ts";
import { configFile, readSource } from "./run_files.ts";
import { readRunState } from "./run_state.ts";

type ReadRun = { config: Omit<TrainConfig, "method">; method: Method };

/** A run's configuration and method; the method is the sweep file's own where it is a value. */
async function readRun(folder: string): Promise<ReadRun> {
  const file = configFile(folder);
  const source = await readSource(folder);
  if (!source) {
    const { method, ...config } = await resolveConfig(trainSchema, { file });
    return { config, method: methodOf(method) };
  }
  const { runs } = await loadPlan({ experiment: source.file, quick: source.quick, runs: "runs" });
  const run = runs.find(({ title }) => title === source.title);
  if (!run) {
    throw new UserError({
      what: "the sweep has no such run any more",
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
export async function runTask(folder: string, signal: AbortSignal): Promise<void> {
  const { config, method } = await readRun(folder);
  const datasets = await dataHashes(config);
  const identity = runIdentity({ config, datasets, preset: presetFor(config) }, method, config);
  const child = performInChild({ folder, identity }, threadBudget());
  signal.addEventListener("abort", child.stop);
  if (signal.aborted) child.stop();
  await child.ended;
  signal.throwIfAborted();
  const state = await readRunState({ folder, config });
  if (state.status === "finished") return;
  throw new Error(state.status === "failed" ? state.error : `the run is ${state.status}`);
}
