/** Progress of long work: a bar on a terminal, lines elsewhere. */
import { MultiBar } from "cli-progress";
import process from "node:process";
import {
  createMeter,
  formatBar,
  formatLine,
  type Meter,
  type ProgressFields,
  type ProgressOptions,
} from "./progress_meter.ts";

const redrawSeconds = 0.1;

/**
 * Bars on a terminal, one below the other while several tasks are open. A task that ends inside
 * another leaves the screen; the last to end stays on it.
 *
 * Bars are redrawn from `update`, since a training loop may not let timers run. The cursor is never
 * hidden and line wrapping never switched off, so that Ctrl-C leaves a sane terminal without a
 * signal handler.
 */
export function createTerminalDisplay(
  stream: NodeJS.WritableStream = process.stderr,
  now: () => number = () => performance.now() / 1000,
): (options: ProgressOptions) => Progress {
  let bars: MultiBar | undefined;
  let open = 0;
  let drawnAt = -Infinity;

  function draw() {
    drawnAt = now();
    bars?.update();
  }

  return (options) => {
    bars ??= new MultiBar({
      stream,
      linewrap: true,
      format: (_options, { maxWidth }, { meter }: { meter: Meter }) =>
        formatBar(meter.read(), maxWidth),
    });
    open++;
    const meter = createMeter(options, now);
    const bar = bars.create(options.total ?? 0, options.initial ?? 0, { meter });
    draw();
    return {
      update(done, fields) {
        if (meter.read().stopped) return;
        meter.update(done, fields);
        if (now() - drawnAt >= redrawSeconds) draw();
      },
      log(line) {
        if (!bars) return;
        bars.log(`${line}\n`);
        draw();
      },
      stop() {
        if (meter.read().stopped) return;
        meter.stop();
        open--;
        if (open > 0) {
          bars?.remove(bar);
        } else {
          bars?.stop();
          bars = undefined;
        }
      },
    };
  };
}

const openTerminalBar = createTerminalDisplay();

/**
 * Shows the progress of a task on standard error: a bar on a terminal, a line every ten seconds in a
 * log or a pipe, only what is logged when `quiet`.
 *
 * ```ts
 * const bar = createProgress({ label: "Fine-tuning", total: 1000, unit: "steps" });
 * bar.update(1, { loss: "0.123" });
 * bar.stop();
 * ```
 */
export function createProgress(
  { quiet = false, ...options }: ProgressOptions & { quiet?: boolean },
): Progress {
  if (quiet) return silent;
  return process.stderr.isTTY ? openTerminalBar(options) : createLineProgress(options);
}

const silent: Progress = { update() {}, log: (line) => console.error(line), stop() {} };

/** A task that is under way on the screen. */
export interface Progress {
  /** Sets how many units are done; fields that are not named keep their last value. */
  update(done: number, fields?: ProgressFields): void;
  /** Prints a line without tearing the display. */
  log(line: string): void;
  /** Ends the display; later calls do nothing. */
  stop(): void;
}

/**
 * Progress for log files and pipes: a plain line every `everySeconds` and one at the end.
 */
export function createLineProgress(
  options: ProgressOptions,
  everySeconds = 10,
  write: (line: string) => void = console.error,
  now: () => number = () => performance.now() / 1000,
): Progress {
  const meter = createMeter(options, now);
  let writtenAt = now();
  let stopped = false;
  return {
    update(done, fields) {
      if (stopped) return;
      meter.update(done, fields);
      if (now() - writtenAt < everySeconds) return;
      writtenAt = now();
      write(formatLine(meter.read()));
    },
    log: write,
    stop() {
      if (stopped) return;
      stopped = true;
      meter.stop();
      write(formatLine(meter.read()));
    },
  };
}
