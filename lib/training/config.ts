/** Training options: steps, batch, learning rate, AdamW, EMA. */
import { z } from "zod";
import { precisions } from "../internal/tensor/mod.ts";

const fraction = z.number().min(0).lt(1);

/** How the learning rate changes over a run; `learningRateAt` names the sources. */
export const learningRateSchema = z.strictObject({
  peak: z.number().positive().default(1e-4).describe("Highest learning rate"),
  warmup: z.int().min(0).default(0).describe("Steps over which it rises to the peak"),
  schedule: z.enum(["constant", "linear", "cosine", "multistep"]).default("constant").describe(
    "After the warm-up: the peak, a line or half a cosine down to `floor`, or a product with gamma at " +
      "milestones",
  ),
  floor: z.number().min(0).max(1).default(0).describe(
    "Where a line or a cosine ends, as a share of the peak",
  ),
  milestones: z.array(z.int().positive()).default([]).describe("multistep: finished steps"),
  gamma: z.number().positive().max(1).default(0.5).describe("multistep: factor at each milestone"),
});

/** AdamW's settings (Loshchilov and Hutter 2019). */
export const adamWSchema = z.strictObject({
  beta1: fraction.default(0.9).describe("Decay of the gradient's mean"),
  beta2: fraction.default(0.999).describe("Decay of the squared gradient's mean"),
  epsilon: z.number().positive().default(1e-8).describe(
    "Added to the root of the squared gradient",
  ),
  weightDecay: z.number().min(0).default(0.01).describe(
    "Decay of the weights, times learning rate",
  ),
});

/** A moving average of the weights (Polyak and Juditsky 1992; for denoisers, Ho et al. 2020). */
export const emaSchema = z.strictObject({
  decay: fraction.default(0.999).describe("Decay of the moving average of the weights"),
  warmup: z.enum(["ratio", "power", "none"]).optional().describe(
    "How the decay grows after k steps: (1 + k) / (10 + k), the default; 1 − (1 + k)^(−2/3); " +
      "or not at all",
  ),
});

/** The options of every training run, whatever it trains. */
export const trainingSchema = z.strictObject({
  steps: z.int().positive().default(400).describe("Optimizer steps"),
  batchSize: z.int().positive().default(8).describe("Samples of each batch"),
  accumulate: z.int().positive().optional().describe(
    "Batches whose mean gradient makes a step (Ott et al. 2018), in the memory of one; 1 by default",
  ),
  learningRate: learningRateSchema.prefault({}),
  adamW: adamWSchema.prefault({}),
  maxGradNorm: z.number().positive().optional().describe(
    "Clip the gradients' common norm (Pascanu et al. 2013)",
  ),
  onNonFinite: z.enum(["stop", "skip"]).optional().describe(
    "What to do where loss or gradient are NaN or infinite: stop, the default, or continue as if there " +
      "had been no such batch",
  ),
  ema: emaSchema.optional().describe(
    "Keep a moving average of the weights, which is the result",
  ),
  precision: z.enum(precisions).default("float32").describe(
    "How convolutions and products multiply; bfloat16 (Kalamkar et al. 2019) is faster where the " +
      "processor has it",
  ),
  gradientCheckpointing: z.boolean().optional().describe(
    "Compute the U-Net's blocks again in the backward pass, in place of keeping what they computed " +
      "(Chen et al. 2016): less memory, more time",
  ),
  sharesEvery: z.int().min(0).default(50).describe(
    "Steps between measurements of each loss's share of the gradient, where there are several " +
      "losses; one takes about as long as a step for each of them; never at 0",
  ),
  checkpointEvery: z.int().positive().default(500).describe(
    "Steps between checkpoints at most; there is one each minute, and after the last step",
  ),
});

export type LearningRateConfig = z.infer<typeof learningRateSchema>;
export type EmaConfig = z.infer<typeof emaSchema>;
export type TrainingConfig = z.infer<typeof trainingSchema>;

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

/**
 * The moving average's decay at the step after `finished` steps. It starts at zero and rises, so that
 * the random start does not linger in the average; both ways to rise are those of diffusers' EMAModel.
 */
export function emaDecayAt({ decay, warmup = "ratio" }: EmaConfig, finished: number): number {
  if (warmup === "none") return decay;
  if (finished === 0) return 0;
  const rising = warmup === "ratio"
    ? (1 + finished) / (10 + finished)
    : 1 - (1 + finished) ** (-2 / 3);
  return Math.min(decay, rising);
}
