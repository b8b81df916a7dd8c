import type { LearningRateConfig } from "./config.ts";

/**
 * The learning rate of the step after `finished` steps of `steps`: a warm-up along a line (Goyal et al.
 * 2017, section 2.2), and after it a constant, a line, half a cosine (Loshchilov and Hutter 2017, "SGDR",
 * equation 5, without restarts), or steps down at milestones (He et al. 2016, section 3.4).
 *
 * ```ts
 * const config = learningRateSchema.parse({ peak: 1, schedule: "multistep", milestones: [20, 100] });
 * learningRateAt(config, 20, 400); // 0.5
 * ```
 */
export function learningRateAt(
  { peak, warmup, schedule, floor, milestones, gamma }: LearningRateConfig,
  finished: number,
  steps: number,
): number {
  const risen = peak * Math.min(1, (finished + 1) / (warmup + 1));
  const progress = Math.min(1, Math.max(0, finished - warmup) / Math.max(1, steps - warmup));
  switch (schedule) {
    case "constant":
      return risen;
    case "linear":
      return risen * (floor + (1 - floor) * (1 - progress));
    case "cosine":
      return risen * (floor + (1 - floor) * (1 + Math.cos(Math.PI * progress)) / 2);
    case "multistep":
      return risen * gamma ** milestones.filter((m) => m <= finished).length;
  }
}
