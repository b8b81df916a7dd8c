/** The backends, the fastest first, and which one is used. */
import { loadLibrary } from "../runtime/library/mod.ts";
import { activateTensorFlow, tfjs } from "./backend.ts";
import { isEagerForced } from "./compile.ts";
import {
  plainAvailable,
  plainBackend,
  wasmAvailable,
  wasmBackend,
  webgpuAvailable,
  webgpuBackend,
} from "./fallbacks.ts";
import { type Backend, chooseBackend, explainChoice, type Tfjs } from "./choose_backend.ts";
import { threadBudget, type ThreadLayout, threadLayout } from "./machine.ts";
import {
  cudaAvailable,
  type OpenTensorFlow,
  tensorFlowAvailable,
  tensorFlowBackends,
} from "./tensorflow.ts";

let chosen: Promise<string> | undefined;

/**
 * Chooses the best backend that works here. Later calls return the first one's choice.
 *
 * @param batch samples that are mostly computed together, which are split among a processor's
 * threads
 * @throws UserError where `SPECIALIST_THREADS` is not a count
 * @returns one line for people and records, such as "TensorFlow 2.21.0 on CPU, 2 threads"
 */
export function useBackend({ batch = 1 }: { batch?: number } = {}): Promise<string> {
  return chosen ??= choose(batch);
}

async function choose(batch: number): Promise<string> {
  const layout = threadLayout(threadBudget(), batch);
  const open = (folder: string) => openTensorFlow(folder, layout);
  const line = explainChoice(await chooseBackend(backendsFor(tfjs, open)));
  return isEagerForced() ? `${line}, eager` : line;
}

async function openTensorFlow(folder: string, layout: ThreadLayout) {
  loadLibrary(folder);
  const { runtime } = await activateTensorFlow(folder, layout);
  return { version: runtime.version, devices: runtime.devices, ...layout };
}

// The backends, the best first.

/** CUDA TensorFlow, CPU TensorFlow, WebGPU, WASM, plain JavaScript. */
export function backendsFor(tf: Tfjs, openTensorFlow: OpenTensorFlow): Backend[] {
  return [
    ...tensorFlowBackends(openTensorFlow),
    webgpuBackend(tf),
    wasmBackend(tf),
    plainBackend(tf),
  ];
}

/** Why each backend is unavailable, found without downloading anything. */
export const backendChecks: Pick<Backend, "name" | "available">[] = [
  { name: "CUDA", available: cudaAvailable },
  { name: "TensorFlow", available: tensorFlowAvailable },
  { name: "WebGPU", available: webgpuAvailable },
  { name: "WASM", available: wasmAvailable },
  { name: "JavaScript", available: plainAvailable },
];
