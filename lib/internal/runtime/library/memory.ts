/** The memory that there is for this process, and the limits that keep it from taking more. */
import process from "node:process";
import { cLibrary, hasNvidiaDriver, readSystemFile } from "./platform.ts";

export type Memory = {
  /** Bytes of it that are free, or can be made so. */
  available: number;
  /** Bytes on the disk that can stand in for it. */
  swapFree: number;
  /**
   * Bytes that this process may have at most; 0, or an unreachable number, where there is no limit.
   */
  constrained: number;
  /** Bytes that it has. */
  resident: number;
};

function memoryNow(): Memory {
  const constrained = process.constrainedMemory();
  return { ...Deno.systemMemoryInfo(), constrained, resident: Deno.memoryUsage().rss };
}

/** How many more bytes this process may take: of what is free, and of what its container allows. */
export function availableMemory(memory: Memory = memoryNow()): number {
  const { available, swapFree, constrained, resident } = memory;
  return Math.min(available + swapFree, Math.max(0, (constrained || Infinity) - resident));
}

/** The rest of what is free is JavaScript's own, and a reserve. */
const share = 0.95;

/**
 * How many bytes TensorFlow may take: those that are free when it starts. Where it took more, the
 * system would end the process, or another one, without a word.
 */
export function memoryBudget(memory?: Memory): number {
  return Math.floor(share * availableMemory(memory));
}

// Linux's limit on all that a process writes to: TensorFlow's memory, JavaScript's, and the stacks of
// threads. What exceeds it is refused, which is an exception, where the system would end the process.

const RLIMIT_DATA = 2;

/** The system's own, and what files need to be read. */
const reserve = 0.03;

/**
 * Limits this process to the memory that is free now; a lower limit, as of `ulimit -d`, stays. Nothing is
 * done elsewhere than on Linux, nor with a GPU, whose driver reserves far more addresses than memory.
 *
 * @param more bytes that it may take besides those that it has
 */
export function limitMemory(more: number = (1 - reserve) * availableMemory()): void {
  if (Deno.build.os !== "linux" || hasNvidiaDriver()) return;
  const now = dataSize();
  if (now === undefined) return;
  const { getrlimit, setrlimit } = cLibrary();
  const limit = new BigUint64Array(2); // the limit, and what it may be raised to
  if (getrlimit(RLIMIT_DATA, limit) !== 0) return;
  const wanted = BigInt(Math.floor(now + more));
  if (limit[0] <= wanted) return;
  limit[0] = wanted;
  setrlimit(RLIMIT_DATA, limit);
}

/** Bytes that count towards the limit now. */
function dataSize(): number | undefined {
  const status = readSystemFile("/proc/self/status") ?? "";
  const kibibytes = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
