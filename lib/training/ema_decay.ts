import type { EmaConfig } from "./config.ts";

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
