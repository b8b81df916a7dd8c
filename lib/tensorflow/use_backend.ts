import { activateTensorFlow, tfjs } from "./backend.ts";
import { isEagerForced } from "./eager.ts";
import { chooseBackend, explainChoice } from "./ladder.ts";
import { loadLibrary } from "./library/mod.ts";
import { ladder } from "./rungs/mod.ts";
import { threadBudget, type ThreadLayout, threadLayout } from "./threads.ts";

let chosen: Promise<string> | undefined;

/**
 * Chooses what to compute with: the best rung of the ladder that works here. Later calls answer
 * with the first one's choice.
 *
 * @param batch samples that are mostly computed together, which a processor's threads share out
 * @throws UserError where `SPECIALIST_THREADS` is not a count
 * @returns one line for people and records, such as "TensorFlow 2.21.0 on CPU, 2 threads"
 */
export function useBackend({ batch = 1 }: { batch?: number } = {}): Promise<string> {
  return chosen ??= choose(batch);
}

async function choose(batch: number): Promise<string> {
  const layout = threadLayout(threadBudget(), batch);
  const open = (folder: string) => openTensorFlow(folder, layout);
  const line = explainChoice(await chooseBackend(ladder(tfjs, open)));
  return isEagerForced() ? `${line}, eager` : line;
}

async function openTensorFlow(folder: string, layout: ThreadLayout) {
  loadLibrary(folder);
  const { runtime } = await activateTensorFlow(folder, layout);
  return { version: runtime.version, devices: runtime.devices, ...layout };
}
