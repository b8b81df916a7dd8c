/** A target in processes of its own, which may hang, crash or take all memory. */
import { type Defect, emptyTally, sumOf, type Tally } from "./tally.ts";
import type { Range } from "./try_inputs.ts";
import { heapMegabytes, watchProcess } from "./watch_process.ts";
import type { Message } from "./worker.ts";
import { makeRootElsewhere } from "./root.ts";

export type WatchOptions = {
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

export type Watched = {
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

/** So many defects that end a process are looked at. */
const mostEndings = 20;

/** So often a process may have taken too much for all of its inputs together. */
const mostFresh = 100;

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
  while (first < inputs && skip.length < mostEndings) {
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
    if (ending.kind === "memory" && fresh < mostFresh) {
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
