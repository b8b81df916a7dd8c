/** Outputs of the cell that is running. Outside a notebook there are none. */
import { terminationSignal } from "../internal/runtime/mod.ts";

/** What is shown, by MIME type; a front end takes the richest that it knows. */
type Bundle = Record<string, unknown>;

/** What is said about a representation, by MIME type: the width and height of an image. */
type BundleMetadata = Record<string, unknown>;

/** An output that changes in place. */
type LiveDisplay = { update(bundle: Bundle): Promise<void> };

/** Whether this runs in a notebook's kernel. */
export function isNotebook(): boolean {
  return kernel() !== undefined;
}

/** Shows an output below the cell. */
export async function display(bundle: Bundle, metadata: BundleMetadata = {}): Promise<void> {
  await kernel()?.broadcast("display_data", { data: bundle, metadata, transient: {} });
}

/** Shows an output that can be replaced, from any later cell too. */
export async function openDisplay(bundle: Bundle): Promise<LiveDisplay> {
  const send = async (type: string, data: Bundle) => {
    await kernel()?.broadcast(type, { data, metadata: {}, transient: { display_id: id } });
  };
  const id = crypto.randomUUID();
  await send("display_data", bundle);
  return { update: (bundle) => send("update_display_data", bundle) };
}

function kernel(): typeof Deno.jupyter | undefined {
  try {
    return Deno.jupyter;
  } catch {
    // Outside the kernel, looking is an error.
    return undefined;
  }
}

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
  return kernel?.signal ?? terminationSignal();
}

/** Where the kernel of this project's notebooks leaves what it tells a cell. */
const kernelKey = Symbol.for("specialist.kernel");

/** Whether to train and draw as little as possible, so that a test runs every cell quickly. */
export const isFast = Deno.env.get("SPECIALIST_FAST") === "1";

/** The number of steps, or at most `fewest` in fast mode. */
export function stepsOf(steps: number, fewest: number): number {
  return isFast ? Math.min(steps, fewest) : steps;
}
