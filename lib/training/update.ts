/** What moves the weights: gradients, checked, then the optimizer and the moving average. */
import {
  type AdamW,
  type AdamWScalars,
  type Params,
  updateEma,
  type Variables,
} from "../nn/mod.ts";
import { compile, type Tensor, tf } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import { createGradients, type Losses, type NextBatch } from "./gradients.ts";
import type { TrainingTask } from "./task.ts";

/** What changes from step to step; disposed by the caller. */
export type UpdateScalars = { optimizer: AdamWScalars; emaDecay: Tensor };

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

export type Update<B> = {
  /** Moves the weights once; where loss or gradient are not finite, it moves nothing. */
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
