import { interruptSignal as terminalSignal } from "../errors/mod.ts";

/**
 * Aborts when the notebook cell that runs now is stopped; each cell has its own. A loop sees it only
 * where it lets the event loop turn. In a terminal, or on another kernel, it aborts on Ctrl-C.
 *
 * ```ts
 * const signal = interruptSignal();
 * for (const batch of batches) {
 *   signal.throwIfAborted();
 *   await step(batch);
 * }
 * ```
 */
export function interruptSignal(): AbortSignal {
  const kernel: { signal: AbortSignal } | undefined = Reflect.get(globalThis, kernelKey);
  return kernel?.signal ?? terminalSignal();
}

/** Where the kernel of this project's notebooks leaves what it tells a cell. */
const kernelKey = Symbol.for("specialist.kernel");
