/** Explains a step whose loss or gradient is not finite. */
import { UserError } from "../errors/mod.ts";
import { createStreams } from "../random/mod.ts";
import type { TrainingConfig } from "./config.ts";
import type { TrainingTask } from "./task.ts";
import type { StepNumbers } from "./update.ts";

/** Where a run stands that such a step has not moved. */
type Place = {
  seed: number | string;
  /** Finished steps. */
  step: number;
  /** The learning rate. */
  rate: number;
  /** Step of the last checkpoint. */
  savedStep?: number;
  /** The run's. */
  folder?: string;
};

/** Names the step, the loss at fault, what was in its batches, and the last checkpoint. */
export function nonFiniteStep(
  task: Pick<TrainingTask, "samples">,
  { batchSize, accumulate = 1 }: TrainingConfig,
  { loss, values, gradNorm }: StepNumbers,
  { seed, step, rate, savedStep, folder }: Place,
): UserError {
  const faulty = Object.entries(values).filter(([, value]) => !Number.isFinite(value));
  const losses = Object.keys(values).length > 1 && faulty.length > 0
    ? ` (${faulty.map(([name, value]) => `${name}: ${value}`).join(", ")})`
    : "";
  const what = Number.isFinite(loss)
    ? `the gradient's norm is ${gradNorm} at step ${step + 1}`
    : `the loss is ${loss}${losses} at step ${step + 1}`;
  const checkpoint = savedStep === undefined
    ? "there is no checkpoint yet"
    : `the last good checkpoint is that of step ${savedStep}`;
  const samples = Array.from({ length: accumulate }, (_, k) => k).flatMap((k) =>
    task.samples?.(createStreams(seed, step * accumulate + k), { batchSize }) ?? []
  );
  return new UserError({
    what: [`${what}; ${checkpoint}`, ...samples].join("\n  - "),
    file: folder,
    field: "training.onNonFinite",
    remedy: `lower the learning rate (${rate.toPrecision(3)}), look at what this step was shown, ` +
      'or set this to "skip", which goes on without such steps',
  });
}
