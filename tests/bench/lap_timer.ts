import { type Course, courseFrom, recordCourse } from "./record.ts";

/** Times of a repeated piece of work. */
export type LapTimer = {
  /** Called whenever the work is done once more; answers whether to do it again. */
  lap(): boolean;
  times(): { firstSeconds: number; seconds: number[] } & Partial<Course>;
};

type LapTimerOptions = {
  /** Seconds to spend, after the first time and a warm-up; of at most a thousand times. */
  budget: number;
  /** As many times at least, of which the whole course is told. */
  laps?: number;
};

const warmup = 2;

/** Starts now. After the first time and a warm-up it asks for at least two more. */
export function lapTimer({ budget, laps }: LapTimerOptions): LapTimer {
  const seconds: number[] = [];
  const recorder = laps ? recordCourse() : undefined;
  let last = performance.now();
  let spent = 0;
  return {
    lap() {
      const now = performance.now();
      seconds.push((now - last) / 1000);
      last = now;
      recorder?.lap();
      const counted = seconds.length - 1 - warmup;
      if (counted <= 0) return true;
      spent += seconds.at(-1)!;
      return counted < (laps ?? 2) || spent < budget && counted < 1000;
    },
    times: () => ({
      firstSeconds: seconds[0],
      seconds: seconds.slice(1 + warmup),
      ...recorder && courseFrom(1 + warmup, recorder.course),
    }),
  };
}
