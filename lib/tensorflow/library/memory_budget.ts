import process from "node:process";

export type Memory = {
  /** Bytes of it that are free, or can be made so. */
  available: number;
  /** Bytes on the disk that can stand in for it. */
  swapFree: number;
  /** Bytes that this process may have at most; 0, or a number out of reach, where nobody says. */
  constrained: number;
};

/** The rest of what is free is JavaScript's own, and a reserve. */
const share = 0.95;

/**
 * How many bytes TensorFlow may take: those that are free when it starts. Where it took more, the
 * system would end the process, or another one, without a word.
 */
export function memoryBudget({ available, swapFree, constrained }: Memory = memoryNow()): number {
  return Math.floor(share * Math.min(available + swapFree, constrained || Infinity));
}

function memoryNow(): Memory {
  return { ...Deno.systemMemoryInfo(), constrained: process.constrainedMemory() };
}
