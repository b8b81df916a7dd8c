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
import type { TrainingTask } from "./task.ts";
import { readTrainingState, writeTrainingState } from "./training_state.ts";
import { createUpdate } from "./update.ts";

export type TrainingHooks = {
  seed: number | string;
  /** Where checkpoints go and come from, and each logged step is recorded. */
  run?: Pick<Run, "checkpoint" | "saveCheckpoint" | "log">;
  /** Ends the training after the step under way, which is kept. So does an abort inside a hook or batch. */
  signal?: AbortSignal;
  /** Called after each step, with the loss; may look at the weights as they are now. */
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
 * @throws the signal's reason, once a checkpoint of all finished steps is written
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
  let step = 0;
  let drawn = random.state();

  const save = () =>
    run?.saveCheckpoint(
      step,
      (folder) => writeTrainingState(folder, groups, { step, random: drawn }),
    );

  try {
    if (run?.checkpoint) {
      const progression = await readTrainingState(run.checkpoint.folder, groups);
      step = progression.step;
      random.restore(progression.random);
      drawn = progression.random;
    }
    while (step < config.steps) {
      signal?.throwIfAborted();
      const rate = learningRateAt(config.learningRate, step, config.steps);
      const scalars = {
        optimizer: optimizer.scalars(step + 1, rate),
        emaDecay: tf.scalar(config.ema ? emaDecayAt(config.ema, step) : 0),
      };
      const loss = await update.run(
        (k) => task.batch(random, step * accumulate + k, { batchSize, variables }),
        scalars,
      );
      tf.dispose(scalars);
      step++;
      drawn = random.state();
      if (!Number.isFinite(loss)) {
        throw new Error(
          `the loss is ${loss} at step ${step}: lower the learning rate (${rate.toPrecision(3)})`,
        );
      }
      if (step % logEvery === 0) await run?.log({ step, loss, learningRate: rate });
      await onStep?.(step, loss, weights);
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
