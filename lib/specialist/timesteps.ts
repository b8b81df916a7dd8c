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
import type { Random } from "../data/mod.ts";
import { shipped } from "./part.ts";

/** A distribution of training timesteps. */
export type Timesteps = {
  name: string;
  /** What `draw` closes over, where it does: part of the distribution's identity. */
  settings?: Record<string, unknown>;
  /** Sampler steps that `samplerTimesteps` are those of; as many as images are drawn with by default. */
  samplerSteps?: number;
  /**
   * A batch of timesteps, whole numbers in [0, trainTimesteps).
   *
   * @param at T, and the timesteps that the model's sampler visits, from the noisiest
   */
  draw(
    random: Random,
    n: number,
    at: { trainTimesteps: number; samplerTimesteps: number[] },
  ): Int32Array;
};

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
    "Sampler steps that the grid is made for; as many as images are drawn with by default",
  ),
});

export type TimestepsConfig = z.infer<typeof timestepsSchema>;

/**
 * The paper's: those that the sampler visits.
 *
 * ```ts
 * import { createRandom, sparseTimesteps } from "specialist";
 *
 * const { draw } = sparseTimesteps();
 * draw(createRandom(0), 2, { trainTimesteps: 1000, samplerTimesteps: [991, 501, 1] }); // such as [1, 991]
 * ```
 */
export function sparseTimesteps(
  { grid = "sampler", samplerSteps }: Partial<Pick<TimestepsConfig, "grid" | "samplerSteps">> = {},
): Timesteps {
  return uniform("sparse", { grid, samplerSteps }, ({ trainTimesteps, samplerTimesteps }) => {
    const visited = Int32Array.from(new Set(samplerTimesteps.map(Math.round))).sort();
    return grid === "sampler"
      ? visited
      : visited.map((_, k) => Math.floor(k * trainTimesteps / visited.length));
  });
}

/** All of them, as in Ho et al. 2020. */
export function denseTimesteps(): Timesteps {
  return uniform("dense", {}, ({ trainTimesteps }) => firstTimesteps(trainTimesteps));
}

/** Only those below the number of sampler steps: the least noisy ones. */
export function releasedTimesteps(
  { samplerSteps }: Pick<Partial<TimestepsConfig>, "samplerSteps"> = {},
): Timesteps {
  return uniform(
    "reference-off",
    { samplerSteps },
    ({ samplerTimesteps }) => firstTimesteps(new Set(samplerTimesteps.map(Math.round)).size),
  );
}

/** The distribution that a configuration names. */
export function timestepsOf({ mode, grid, samplerSteps }: TimestepsConfig): Timesteps {
  switch (mode) {
    case "sparse":
      return sparseTimesteps({ grid, samplerSteps });
    case "dense":
      return denseTimesteps();
    case "reference-off":
      return releasedTimesteps({ samplerSteps });
  }
}

/** The timesteps that `trained` returns, ascending, are equally likely. */
function uniform(
  name: string,
  { samplerSteps, ...settings }: { samplerSteps?: number } & Record<string, unknown>,
  trained: (at: Parameters<Timesteps["draw"]>[2]) => Int32Array,
): Timesteps {
  return shipped({
    name,
    settings,
    samplerSteps,
    draw(random, n, at) {
      const timesteps = trained(at);
      return Int32Array.from({ length: n }, () => timesteps[random.integer(timesteps.length)]);
    },
  });
}

function firstTimesteps(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, t) => t);
}
