/** Times of a repeated piece of work. */
export type LapTimer = {
  /** Called whenever the work is done once more; answers whether to do it again. */
  lap(): boolean;
  times(): { firstSeconds: number; seconds: number[] };
};

const warmup = 2;

/**
 * Starts now. After the first time and a warm-up it asks for more until the budget is spent, for at
 * least two and at most a thousand.
 *
 * @param budget seconds
 */
export function lapTimer(budget: number): LapTimer {
  const laps: number[] = [];
  let last = performance.now();
  return {
    lap() {
      const now = performance.now();
      laps.push((now - last) / 1000);
      last = now;
      const counted = laps.slice(1 + warmup);
      const spent = counted.reduce((sum, lap) => sum + lap, 0);
      return counted.length < 2 || spent < budget && counted.length < 1000;
    },
    times: () => ({ firstSeconds: laps[0], seconds: laps.slice(1 + warmup) }),
  };
}
