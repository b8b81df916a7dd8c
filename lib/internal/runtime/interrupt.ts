type Signal = "SIGINT" | "SIGTERM" | "SIGBREAK";

const signals: Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** The work was asked to stop, by Ctrl-C or by the system. */
export class Interrupted extends Error {
  override name = "AbortError";

  /** @param next what to do next, where something was saved for it */
  constructor(readonly signal: Signal, next?: string) {
    super([`stopped by ${signal}`, next].filter(Boolean).join("; "));
  }
}

let controller: AbortController | undefined;

/**
 * Aborts with an `Interrupted` on the first Ctrl-C or request to terminate; a second one of the same
 * kind ends the process at once. A loop sees it only where it lets the event loop turn.
 *
 * ```ts
 * const signal = interruptSignal();
 * for (const batch of batches) {
 *   signal.throwIfAborted();
 *   await step(batch);
 * }
 * ```
 */
export function terminationSignal(): AbortSignal {
  if (controller) return controller.signal;
  const interrupt = controller = new AbortController();
  const received = new Set<Signal>();
  for (const name of signals) {
    Deno.addSignalListener(name, () => {
      if (received.has(name)) Deno.exit(exitCodeOfSignal(name));
      received.add(name);
      interrupt.abort(new Interrupted(name));
    });
  }
  return interrupt.signal;
}

/** 128 plus the signal's number, as in shells. */
export function exitCodeOfSignal(signal: Signal): number {
  return signal === "SIGTERM" ? 143 : 130;
}

/** Whether an error says that work was stopped on purpose. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
