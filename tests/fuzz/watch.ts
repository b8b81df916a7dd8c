/** A target in processes of its own, which may hang, crash or take all memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { formatBytes } from "specialist/internal/runtime/mod.ts";
import { peakMemoryOf } from "specialist/internal/tensor/mod.ts";
import { inside, makeRootElsewhere } from "./root.ts";
import { type Defect, emptyTally, type Range, sumOf, type Tally } from "./try_inputs.ts";
import type { Message, Task } from "./worker.ts";

// One process that tries inputs, and a watchdog.

type ProcessOptions = {
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

/** How a process ended: by itself, for lack of time, or in the midst of an input. */
type Ending = { kind: "done" | "out of time" } | {
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
const maxExcerptLength = 2000;

/** @throws Error if the process ends before the first input, as where a seed is refused */
async function watchProcess(
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
  child.stderr.on("data", (chunk) => words = `${words}${chunk}`.slice(-maxExcerptLength));
  const ended = once(child, "exit");

  let input: number | undefined, heard = performance.now(), start: number | undefined;
  let hung = false, late = false, growth = 0, isTooLarge = false;
  const measure = () => {
    const peak = peakMemoryOf(child.pid!);
    if (input === undefined) start = peak;
    else if (peak !== undefined) growth = peak - (start ??= peak);
    isTooLarge ||= !mayGrow(growth);
    const now = performance.now();
    hung ||= now - heard > 1000 * (input === undefined ? startSeconds : hangSeconds);
    late ||= now > until;
    if (hung || late || isTooLarge) child.kill("SIGKILL");
  };
  const timer = setInterval(measure, interval);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const message: Message = JSON.parse(line);
      heard = performance.now();
      if ("begins" in message) input = message.begins;
      if ("ready" in message) {
        measure();
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

type WatchOptions = {
  /** The seed of all randomness. */
  stream: string;
  inputs: number;
  /** An input that takes longer is a hang. */
  hangSeconds: number;
  /** On `performance.now()`'s clock: when to stop, with what was done as the result. */
  until?: number;
  signal?: AbortSignal;
  onProgress?(done: number): void;
};

type Watched = {
  title: string;
  tally: Tally;
  defects: Defect[];
  seconds: number;
  /** By how much the process' memory grew at its peak; 0 where the system does not tell. */
  memoryGrowthBytes: number;
};

/**
 * What a process may take beyond twice its input: all of JavaScript's heap, where garbage is collected
 * when there is no room, that of making the input among it; and some more.
 */
export const allowedMemory = (heapMegabytes + 32) << 20;

/** The number of defects that end a process that are examined. */
const maxEndings = 20;

/** So often a process may have taken too much for all of its inputs together. */
const maxFresh = 100;

/**
 * Tries a target's inputs. A process that hangs or crashes is followed by another, which leaves out
 * the input that was its last. Where one has taken too much memory, that input is tried in a process
 * of its own: alone it has no others' garbage to answer for.
 *
 * @param module the address of the module that exports the target
 * @throws Error if a process does not start; the signal's reason
 */
export async function watchTarget(
  module: string,
  { stream, inputs, hangSeconds, until, signal, onProgress }: WatchOptions,
): Promise<Watched> {
  const begun = performance.now();
  const defects = new Map<number, Defect>();
  const skip: number[] = [];
  let title = "", first = 0, tally = emptyTally();
  let memoryGrowthBytes = 0, allowed = allowedMemory, fresh = 0;

  const mayGrow = (growth: number) => {
    memoryGrowthBytes = Math.max(memoryGrowthBytes, growth);
    return growth <= allowed + 2 * tally.largestBytes;
  };
  const watch = async (range: Range, onMessage: (message: Message) => void) => {
    // What stood in a file's place when a process ended is in a folder that no other uses.
    const root = await makeRootElsewhere();
    try {
      const task = { module, root, ...range };
      return await watchProcess(task, { hangSeconds, until, signal, mayGrow, onMessage });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  };
  while (first < inputs && skip.length < maxEndings) {
    const before = tally;
    const ending = await watch({ stream, first, end: inputs, skip }, (message) => {
      if ("begins" in message) return;
      if ("defect" in message) defects.set(message.defect.input, message.defect);
      else if ("ready" in message) {
        title = message.ready;
        allowed = allowedMemory + 2 * message.expandsTo;
      } else {
        tally = sumOf(before, message.tally);
        first = message.next;
        onProgress?.(first);
      }
    });
    if (!("input" in ending)) break;
    if (ending.kind === "memory" && fresh < maxFresh) {
      const { input } = ending;
      const alone = await watch({ stream, first: input, end: input + 1 }, () => {});
      if (alone.kind !== "memory") {
        fresh++;
        continue;
      }
    }
    skip.push(ending.input);
    defects.set(ending.input, ending);
  }
  const seconds = (performance.now() - begun) / 1000;
  return { title, tally, defects: [...defects.values()], seconds, memoryGrowthBytes };
}
