/**
 * The weight that gives a loss a wanted share of the gradient: measured in a run before a sweep, whose
 * runs then all have the same number.
 */
import { createProgress, UserError } from "./internal/runtime/mod.ts";
import { tf } from "./internal/tensor/mod.ts";
import type { Lab } from "./lab.ts";
import { runConfigOf } from "./run_identity.ts";
import { requireMemory } from "./run_memory.ts";
import { type Method, prepareMethod } from "./specialist/mod.ts";
import type { TrainOptions } from "./train.ts";
import { fit } from "./training/mod.ts";

export type CalibrationOptions =
  & Pick<TrainOptions, "seed" | "training" | "sampling" | "signal" | "progress">
  & {
    /** The loss's name, as "content". */
    loss: string;
  };

/**
 * How strong a loss's gradient is in a run of `train` with the same settings: for each step that has the
 * loss, the norm of its gradient at weight 1, as a multiple of the sum of the norms of all other
 * weighted losses' gradients. Nothing of the run is kept.
 *
 * @throws UserError where the method has no such loss, or the loss no gradient; the signal's reason
 */
export async function gradientRatios(
  lab: Lab,
  method: Method,
  { loss, signal, progress: open = createProgress, ...options }: CalibrationOptions,
): Promise<number[]> {
  const config = runConfigOf(lab, method, {
    ...options,
    training: { ...options.training, sharesEvery: 1 },
  });
  const { seed, sampling, training } = config;
  const { model, style: { shots, styleWords }, preset, cache } = lab;
  requireWeight(method, loss);
  const { task } = await prepareMethod(method, {
    ...{ model, shots, styleWords, sampling, preset, cache, signal },
    ...lab.has("guide") && { guide: lab.guide, captionIndex: lab.captions },
  });
  requireMemory(lab, task.params, training);
  const ratios: number[] = [];
  const progress = open({ label: "Measuring", total: training.steps, unit: "steps" });
  try {
    const trained = await fit(task, training, {
      seed: `${seed} train`,
      signal,
      onStep(step, _loss, _weights, { shares, weights }) {
        progress.update(step);
        const share = shares?.[loss];
        if (share && share < 1) ratios.push(share / (1 - share) / weights[loss]);
      },
    });
    tf.dispose(trained);
  } finally {
    progress.stop();
  }
  if (ratios.length > 0) return ratios;
  throw new UserError({
    what: `the loss "${loss}" has no gradient next to another one in ${training.steps} steps`,
    remedy: "train more steps, or choose settings with which it has a gradient",
  });
}

/**
 * The weight with which a loss has a share of the gradient, in the mean over measured steps: the w with
 * mean(w r / (w r + 1)) = share.
 *
 * ```ts
 * import { gradientRatios, openLab, specialist, weightForShare } from "specialist";
 *
 * const ratios = await gradientRatios(await openLab(), specialist(), { loss: "content" });
 * const weights = [0.03, 0.1, 0.3].map((share) => weightForShare(ratios, share));
 * ```
 *
 * @param ratios those of {@link gradientRatios}
 * @param share between 0 and 1
 */
export function weightForShare(ratios: readonly number[], share: number): number {
  if (!(share > 0 && share < 1)) {
    throw new UserError({
      what: "a share of the gradient must be between 0 and 1",
      field: "share",
      value: share,
      remedy: "write three per cent as 0.03",
    });
  }
  const odds = share / (1 - share);
  const shareAt = (weight: number) =>
    ratios.reduce((sum, ratio) => sum + weight * ratio / (weight * ratio + 1), 0) / ratios.length;
  let [low, high] = [odds / Math.max(...ratios), odds / Math.min(...ratios)];
  // Each halves the interval's logarithm.
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (shareAt(middle) < share) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** @throws UserError where the method has no such loss, or with a weight of 0 */
function requireWeight({ name, losses }: Method, wanted: string): void {
  const loss = losses.find(({ name }) => name === wanted);
  if (loss && loss.weight !== 0) return;
  throw new UserError({
    what: loss
      ? `the loss "${wanted}" of the method "${name}" has the weight 0, at which nothing is measured`
      : `the method "${name}" has no loss "${wanted}"`,
    field: "loss",
    value: wanted,
    remedy: loss
      ? "give it a small weight"
      : `choose one of ${losses.map(({ name }) => name).join(", ")}`,
  });
}
