import { activateTensorFlow, tfjs } from "./backend.ts";
import { isEagerForced } from "./eager.ts";
import { chooseBackend, explainChoice } from "./ladder.ts";
import { loadLibrary } from "./library/mod.ts";
import { ladder } from "./rungs/mod.ts";
import { threadBudget } from "./threads.ts";

let chosen: Promise<string> | undefined;

/**
 * Chooses what to compute with: the best rung of the ladder that works here. Later calls answer
 * with the first one's choice.
 *
 * @throws UserError where `SPECIALIST_THREADS` is not a count
 * @returns one line for people and records, such as "TensorFlow 2.21.0 on CPU, 2 threads"
 */
export function useBackend(): Promise<string> {
  return chosen ??= choose();
}

async function choose(): Promise<string> {
  const threads = threadBudget();
  const open = (folder: string) => openTensorFlow(folder, threads);
  const line = explainChoice(await chooseBackend(ladder(tfjs, open)));
  return isEagerForced() ? `${line}, eager` : line;
}

async function openTensorFlow(folder: string, threads: number) {
  loadLibrary(folder);
  const { runtime } = await activateTensorFlow(folder, threads);
  return { version: runtime.version, devices: runtime.devices, threads };
}
