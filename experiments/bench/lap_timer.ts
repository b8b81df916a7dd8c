import { residentMemory } from "../adapt/process_memory.ts";

/** Times of a repeated piece of work. */
export type LapTimer = {
  /** Called whenever the work is done once more; answers whether to do it again. */
  lap(): boolean;
  times(): { firstSeconds: number; seconds: number[]; residentBytes?: number[] };
};

export type LapTimerOptions = {
  /** Seconds to spend, after the first time and a warm-up; of at most a thousand times. */
  budget: number;
  /** As many times at least, with the memory that the process holds after each. */
  laps?: number;
};

const warmup = 2;

/** Starts now. After the first time and a warm-up it asks for at least two more. */
export function lapTimer({ budget, laps }: LapTimerOptions): LapTimer {
  const seconds: number[] = [], residentBytes: number[] = [];
  let last = performance.now();
  let spent = 0;
  return {
    lap() {
      const now = performance.now();
      seconds.push((now - last) / 1000);
      last = now;
      const counted = seconds.length - 1 - warmup;
      if (counted <= 0) return true;
      if (laps) residentBytes.push(residentMemory());
      spent += seconds.at(-1)!;
      return counted < (laps ?? 2) || spent < budget && counted < 1000;
    },
    times: () => ({
      firstSeconds: seconds[0],
      seconds: seconds.slice(1 + warmup),
      ...laps && { residentBytes },
    }),
  };
}
