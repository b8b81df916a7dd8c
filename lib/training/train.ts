/** The one training loop: batches in, steps, moving average, checkpoints, resumption. */
import { isAbort } from "../errors/mod.ts";
import {
  createAdamW,
  createVariables,
  disposeVariables,
  type Params,
  readVariables,
  type Variables,
} from "../nn/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { Run } from "../records/mod.ts";
import { tf } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import { emaDecayAt } from "./ema_decay.ts";
import { learningRateAt } from "./learning_rate.ts";
import { nonFiniteStep } from "./non_finite_step.ts";
import type { TrainingTask } from "./task.ts";
import { readTrainingState, writeTrainingState } from "./training_state.ts";
import { createUpdate, isFiniteStep } from "./update.ts";

export type TrainingHooks = {
  seed: number | string;
  /** Where checkpoints go and come from, and each logged step is recorded, as is each skipped one. */
  run?: Pick<Run, "checkpoint" | "saveCheckpoint" | "log"> & Partial<Pick<Run, "folder">>;
  /** Ends the training after the step under way, which is kept. So does an abort inside a hook or batch. */
  signal?: AbortSignal;
  /**
   * Called after each step, with the loss, which is not finite where the step was skipped; may look at
   * the weights as they are now.
   */
  onStep?(step: number, loss: number, weights: Weights): void | Promise<void>;
  /** Steps between recorded losses. */
  logEvery?: number;
  /** Disposes the task's first values, which nobody else needs: they are not held twice. */
  disposeParams?: boolean;
};

/** The weights of a training under way. */
export type Weights = {
  /** As the optimizer has them. */
  variables: Variables;
  /** What the training would end with now: the moving average where there is one. New tensors. */
  read(): Params;
};

/**
 * Trains, and answers with the final parameters: the moving average where one is kept. A run with a
 * checkpoint goes on from it, exactly as if it had never stopped.
 *
 * @throws the signal's reason, once a checkpoint of all finished steps is written; UserError where loss
 *   or gradient are not finite, unless the config says that such steps are skipped
 */
export async function train(
  task: TrainingTask,
  config: TrainingConfig,
  { seed, run, signal, onStep, logEvery = 10, disposeParams = false }: TrainingHooks,
): Promise<Params> {
  const { adamW: { beta1, beta2, epsilon, weightDecay }, batchSize, accumulate = 1 } = config;
  const variables = createVariables(task.params);
  const shadows = config.ema ? createVariables(task.params) : undefined;
  if (disposeParams) tf.dispose(task.params);
  const { rateOf } = task;
  const optimizer = createAdamW(variables, { betas: [beta1, beta2], epsilon, weightDecay, rateOf });
  const update = createUpdate(task, config, { variables, shadows, optimizer });
  const groups = {
    weights: variables,
    optimizer: optimizer.state,
    ...(shadows && { ema: shadows }),
  };
  const weights = { variables, read: () => readVariables(shadows ?? variables) };
  const random = createRandom(seed);
  let step = 0, skipped = 0, savedStep = run?.checkpoint?.step;
  let drawn = random.state();

  async function save() {
    await run?.saveCheckpoint(
      step,
      (folder) => writeTrainingState(folder, groups, { step, skipped, random: drawn }),
    );
    savedStep = step;
  }

  try {
    if (run?.checkpoint) {
      const progression = await readTrainingState(run.checkpoint.folder, groups);
      ({ step, skipped } = progression);
      random.restore(progression.random);
      drawn = progression.random;
    }
    while (step < config.steps) {
      signal?.throwIfAborted();
      const rate = learningRateAt(config.learningRate, step, config.steps);
      const updates = step - skipped;
      const scalars = {
        optimizer: optimizer.scalars(updates + 1, rate),
        emaDecay: tf.scalar(config.ema ? emaDecayAt(config.ema, updates) : 0),
      };
      const numbers = await update.run(
        (k) => task.batch(random, step * accumulate + k, { batchSize, variables }),
        scalars,
      );
      tf.dispose(scalars);
      const isSkipped = !isFiniteStep(numbers);
      if (isSkipped && config.onNonFinite !== "skip") {
        throw await nonFiniteStep(task, config, numbers, {
          step,
          random: drawn,
          variables,
          rate,
          savedStep,
          folder: run?.folder,
        });
      }
      step++;
      if (isSkipped) skipped++;
      drawn = random.state();
      if (isSkipped || step % logEvery === 0) {
        await run?.log({ step, ...numbers, learningRate: rate, ...skipped > 0 && { skipped } });
      }
      await onStep?.(step, numbers.loss, weights);
      if (step % config.checkpointEvery === 0 && step < config.steps) await save();
      // Lets timers and signals through.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return weights.read();
  } catch (error) {
    // A batch that was not finished is drawn again.
    if (signal?.aborted || isAbort(error)) await save();
    throw error;
  } finally {
    update.dispose();
    optimizer.dispose();
    disposeVariables(variables);
    if (shadows) disposeVariables(shadows);
  }
}
