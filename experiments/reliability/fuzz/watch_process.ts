/** One process that tries inputs, and a watchdog. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { formatBytes } from "specialist/units/mod.ts";
import { peakMemoryOf } from "specialist/tensorflow/mod.ts";
import type { Message, Task } from "./worker.ts";
import { inside } from "./root.ts";

export type ProcessOptions = {
  /** An input that takes longer is a hang. */
  hangSeconds: number;
  /** On `performance.now()`'s clock: when to stop. */
  until?: number;
  signal?: AbortSignal;
  onMessage(message: Message): void;
  /**
   * Called many times a second, with the bytes that the process' peak is above its start. Where it
   * answers no, the process has taken too much, and is ended before it takes all there is.
   */
  mayGrow(growth: number): boolean;
};

/** How a process ended: of its own accord, for lack of time, or in the midst of an input. */
export type Ending = { kind: "done" | "out of time" } | {
  kind: "hang" | "crash" | "memory";
  input: number;
  what: string;
};

/** Of JavaScript: garbage is collected before it counts, and what is in use may not take more. */
export const heapMegabytes = 160;
const heapLimits = `--v8-flags=--max-old-space-size=${heapMegabytes},--max-semi-space-size=4`;

const worker = join(import.meta.dirname!, "worker.ts");

/** A process that has not read its seeds by then does not start. */
const startSeconds = 120;

/** Milliseconds between looks at the process. */
const interval = 25;

/** Of what a process wrote last. */
const longestExcerpt = 2000;

/** @throws Error if the process ends before the first input, as where a seed is refused */
export async function watchProcess(
  task: Task,
  { hangSeconds, until = Infinity, signal, onMessage, mayGrow }: ProcessOptions,
): Promise<Ending> {
  const writable = inside(task.root);
  const child = spawn(Deno.execPath(), [
    ...["run", "--quiet", "--no-prompt", "--no-check", heapLimits],
    ...["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", `--allow-write=${writable}`],
    ...[worker, JSON.stringify(task)],
  ], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...Deno.env.toObject(), TMPDIR: writable },
    signal,
  });
  child.on("error", () => {}); // It says what the exit code does.
  child.stdin.on("error", () => {});
  let words = "";
  child.stderr.on("data", (chunk) => words = `${words}${chunk}`.slice(-longestExcerpt));
  const ended = once(child, "exit");

  let input: number | undefined, heard = performance.now(), start: number | undefined;
  let hung = false, late = false, growth = 0, isTooLarge = false;
  const look = () => {
    const peak = peakMemoryOf(child.pid!);
    if (input === undefined) start = peak;
    else if (peak !== undefined) growth = peak - (start ??= peak);
    isTooLarge ||= !mayGrow(growth);
    const now = performance.now();
    hung ||= now - heard > 1000 * (input === undefined ? startSeconds : hangSeconds);
    late ||= now > until;
    if (hung || late || isTooLarge) child.kill("SIGKILL");
  };
  const timer = setInterval(look, interval);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const message: Message = JSON.parse(line);
      heard = performance.now();
      if ("begins" in message) input = message.begins;
      if ("ready" in message) {
        look();
        child.stdin.write("\n");
      }
      onMessage(message);
    }
    const [code, by] = await ended;
    signal?.throwIfAborted();
    if (code === 0) return { kind: "done" };
    if (late) return { kind: "out of time" };
    if (input === undefined) throw new Error(`${task.module} does not start: ${words}`);
    if (isTooLarge) {
      return { kind: "memory", input, what: `${formatBytes(growth)} more than before` };
    }
    if (hung) return { kind: "hang", input, what: `more than ${hangSeconds} seconds` };
    return { kind: "crash", input, what: `ended with ${code ?? by}: ${words}` };
  } finally {
    clearInterval(timer);
    child.kill("SIGKILL");
  }
}
