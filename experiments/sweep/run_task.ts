/** One run of a sweep, whose configuration is in its folder. */
import { resolveConfig } from "specialist/config/mod.ts";
import { threadBudget } from "specialist/tensorflow/threads.ts";
import { adaptSchema } from "../adapt/config.ts";
import { adaptIdentity, dataHashes } from "../adapt/identity.ts";
import { performInChild } from "./perform_in_child.ts";
import { configFile } from "./run_files.ts";
import { readRunState } from "./run_state.ts";

/**
 * Does the run, in a process of its own, so that its record tells how it ended even if that process
 * is killed.
 *
 * @throws Error where it failed; the signal's reason
 */
export async function runTask(folder: string, signal: AbortSignal): Promise<void> {
  const config = await resolveConfig(adaptSchema, { file: configFile(folder) });
  const identity = adaptIdentity(config, await dataHashes(config));
  const child = performInChild({ folder, identity }, threadBudget());
  signal.addEventListener("abort", child.stop);
  if (signal.aborted) child.stop();
  await child.ended;
  signal.throwIfAborted();
  const state = await readRunState({ folder, config });
  if (state.status === "finished") return;
  throw new Error(state.status === "failed" ? state.error : `the run is ${state.status}`);
}
