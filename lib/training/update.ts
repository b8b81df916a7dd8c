/** One update of the parameters, and the treatment of non-finite steps. */
import { createStreams } from "../data/mod.ts";
import { UserError } from "../internal/runtime/mod.ts";
import { compile, type Tensor, tf } from "../internal/tensor/mod.ts";
import type { Params } from "../models/mod.ts";
import type { TrainingConfig } from "./config.ts";
import { type AdamW, type AdamWScalars, updateEma, type Variables } from "./optimizer.ts";
import { createGradients, type Losses, type NextBatch, type TrainingTask } from "./step.ts";

// What moves the weights: gradients, checked, then the optimizer and the moving average.

/** What changes from step to step; disposed by the caller. */
type UpdateScalars = { optimizer: AdamWScalars; emaDecay: Tensor };

/** Of all batches of a step together. */
export type StepNumbers = Losses & {
  /** Before clipping. */
  gradNorm: number;
  /** Each loss's share of the sum of the norms of their gradients, where it was measured. */
  shares?: Record<string, number>;
};

export function isFiniteStep({ loss, gradNorm }: StepNumbers): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradNorm);
}

type Update<B> = {
  /** Updates the weights once; where loss or gradient are not finite, nothing changes. */
  run(next: NextBatch<B>, scalars: UpdateScalars, withShares: boolean): Promise<StepNumbers>;
  dispose(): void;
};

type Updated = { variables: Variables; shadows?: Variables; optimizer: AdamW };

export function createUpdate<B extends object>(
  task: Pick<TrainingTask<B>, "loss">,
  config: TrainingConfig,
  { variables, shadows, optimizer }: Updated,
): Update<B> {
  const gradients = createGradients(task, config, variables);
  const apply = compile((gradients: Params, { optimizer: scalars, emaDecay }: UpdateScalars) => {
    optimizer.update(gradients, scalars);
    if (shadows) updateEma(shadows, variables, emaDecay);
  });
  return {
    async run(next, scalars, withShares) {
      const { norm, gradients: found, ...losses } = await gradients.of(next, withShares);
      const numbers = { ...losses, gradNorm: norm.dataSync()[0] };
      if (isFiniteStep(numbers)) apply(found, scalars);
      tf.dispose([norm, found]);
      return numbers;
    },
    dispose: gradients.dispose,
  };
}

// Explains a non-finite step.

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
      'or set this to "skip", which continues without such steps',
  });
}
