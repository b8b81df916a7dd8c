/**
 * Sparsely updated timesteps: train only where the sampler will call the network.
 *
 * A sampler of S steps visits S of the T timesteps of the forward process. The paper therefore
 * draws t = k·(T / S) with k uniform in [0, S), instead of t uniform in [0, T).
 *
 * In the released code the range that k is drawn from is a setting, [0, 100) in every released
 * configuration, with S = 100 and sparse updating on. Sparse updating off and the range left alone
 * trains t in [0, 100) only. "reference-off" is that case for any S: t in [0, S). Whether the paper's
 * ablation was run this way is unknown.
 */
import { z } from "zod";
import type { Random } from "../random/mod.ts";

export const timestepsSchema = z.strictObject({
  mode: z.enum(["sparse", "dense", "reference-off"]).default("sparse").describe(
    "Timesteps that are trained: the sampler's (sparse), all (dense), or only those below the " +
      "number of sampler steps (reference-off)",
  ),
  grid: z.enum(["sampler", "reference"]).default("sampler").describe(
    "What sparse means: the timesteps the sampler visits, or the released code's k·(T / S), " +
      "which leading spacing with an offset misses by that offset",
  ),
  samplerSteps: z.int().min(1).max(1000).optional().describe(
    "Sampler steps that the grid is made for; as many as pictures are drawn with by default",
  ),
});

export type TimestepsConfig = z.infer<typeof timestepsSchema>;

/**
 * The timesteps that are trained, ascending, each as likely as the others.
 *
 * ```ts
 * const { timesteps } = createScheduler(stableDiffusionV1, 100);
 * trainedTimesteps({ mode: "sparse", grid: "sampler" }, 1000, timesteps); // 1, 11, …, 991
 * trainedTimesteps({ mode: "sparse", grid: "reference" }, 1000, timesteps); // 0, 10, …, 990
 * ```
 *
 * @param trainTimesteps T
 * @param samplerTimesteps a scheduler's `timesteps`; repeats count once, fractions are rounded
 */
export function trainedTimesteps(
  { mode, grid }: Pick<TimestepsConfig, "mode" | "grid">,
  trainTimesteps: number,
  samplerTimesteps: readonly number[],
): Int32Array {
  if (mode === "dense") return Int32Array.from({ length: trainTimesteps }, (_, t) => t);

  const visited = Int32Array.from(new Set(samplerTimesteps.map(Math.round))).sort();
  if (mode === "reference-off") return visited.map((_, k) => k);
  return grid === "sampler"
    ? visited
    : visited.map((_, k) => Math.floor(k * trainTimesteps / visited.length));
}

/** Draws a batch of timesteps, independently and uniformly. [B] */
export function drawTimesteps(
  trained: Int32Array,
  batchSize: number,
  random: Random,
): Int32Array {
  return Int32Array.from({ length: batchSize }, () => trained[random.integer(trained.length)]);
}
