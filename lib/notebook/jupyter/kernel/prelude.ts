/**
 * Runs in a notebook's Deno before its first cell. The kernel sends SIGINT when a cell is to stop:
 *
 * 1. the cell's signal aborts;
 * 2. a cell that still runs a second later gets the same error from its next `setTimeout`;
 * 3. a second after that its timers are dropped: what waited for them is garbage, and Deno ends a cell
 *    whose promise has been collected.
 *
 * A second SIGINT skips the wait. What the cell has defined stays.
 */
(() => {
  const { setTimeout, clearTimeout, gc } = globalThis as typeof globalThis & { gc(): void };
  const patience = 1000;
  const timers = new Set<Parameters<typeof clearTimeout>[0]>();
  let controller = new AbortController();
  let refusing = false;
  let nextMeasure = 0;

  const measures = [
    () => {
      refusing = true;
    },
    () => {
      timers.forEach((timer) => clearTimeout(timer));
      gc();
    },
    () =>
      console.error(
        "This cell waits for something that does not look at interruptSignal(): " +
          "only a restart of the kernel ends it.",
      ),
  ];

  /** Takes the next measure when the cell had time to end by itself. */
  function insist(stopped: AbortController) {
    if (stopped !== controller || nextMeasure === measures.length) return;
    measures[nextMeasure++]();
    setTimeout(insist, patience, stopped);
  }

  Deno.addSignalListener("SIGINT", () => {
    Deno.jupyter.broadcast("specialist_stopping", {});
    if (controller.signal.aborted) {
      insist(controller);
    } else {
      controller.abort(new DOMException("Stopped; variables are kept", "AbortError"));
      setTimeout(insist, patience, controller);
    }
    gc(); // A cell that V8 has terminated after an await is garbage.
  });

  const setCellTimeout = (
    callback: (...args: unknown[]) => void,
    delay?: number,
    ...rest: unknown[]
  ) => {
    if (refusing) throw controller.signal.reason;
    const timer = setTimeout(
      (...args: unknown[]) => {
        timers.delete(timer);
        callback(...args);
      },
      delay,
      ...rest,
    );
    timers.add(timer);
    return timer;
  };
  globalThis.setTimeout = Object.assign(setCellTimeout, setTimeout) as typeof setTimeout;

  globalThis.clearTimeout = (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
  };

  Object.defineProperty(globalThis, Symbol.for("specialist.kernel"), {
    value: {
      /** Of the cell that runs now. */
      get signal() {
        return controller.signal;
      },
      /** What is said here goes out after all of the cell's output. */
      endCell() {
        Deno.jupyter.broadcast("specialist_end", {});
        controller = new AbortController();
        refusing = false;
        nextMeasure = 0;
        timers.clear();
      },
    },
  });

  // Ends with the kernel, also where that was killed and a cell never lets the event loop turn.
  const watch = 'Deno.stdin.readSync(new Uint8Array(1)); Deno.kill(Deno.pid, "SIGKILL");';
  new Worker(URL.createObjectURL(new Blob([watch])), { type: "module" });
})();
