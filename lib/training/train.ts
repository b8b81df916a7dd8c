/** The one training loop: batches in, steps, moving average, checkpoints, resumption. */
import {
  clipByGlobalNorm,
  createAdamW,
  createVariables,
  disposeVariables,
  type Params,
  readVariables,
  updateEma,
  valueAndGradients,
  type Variables,
  withGradientCheckpointing,
} from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import type { Run } from "../records/mod.ts";
import { compile, type Tensor, tf, withPrecision } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import { emaDecayAt } from "./ema_decay.ts";
import { learningRateAt } from "./learning_rate.ts";
import { readTrainingState, writeTrainingState } from "./training_state.ts";

/** Tensors that a step takes as inputs, by name. */
export type Batch = Record<string, Tensor>;

/** What is trained, on what, to do what. */
export type TrainingTask = {
  /** The trained parameters' first values; they stay the caller's to dispose. */
  params: Params;
  /** The batch of the step after `step` steps. Its tensors are disposed after the step. */
  batch(random: Random, step: number, state: BatchState): Batch | Promise<Batch>;
  /**
   * The scalar to minimize. Traced once for each set of names and shapes in a batch: a batch may
   * hold more at some steps than at others, and the loss do more with it. Must not read values.
   */
  loss(params: Params, batch: Batch): Tensor;
};

/** What a batch may depend on, beside the random stream. */
export type BatchState = {
  batchSize: number;
  /** The weights now, for a batch that is made by the model in training. */
  variables: Variables;
};

export type TrainingHooks = {
  seed: number | string;
  /** Where checkpoints go and come from, and each logged step is recorded. */
  run?: Pick<Run, "checkpoint" | "saveCheckpoint" | "log">;
  /** Ends the training after the step under way, which is kept. */
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
  const { beta1, beta2, epsilon, weightDecay } = config.adamW;
  const variables = createVariables(task.params);
  const shadows = config.ema ? createVariables(task.params) : undefined;
  if (disposeParams) tf.dispose(task.params);
  const optimizer = createAdamW(variables, { betas: [beta1, beta2], epsilon, weightDecay });
  const groups = {
    weights: variables,
    optimizer: optimizer.state,
    ...(shadows && { ema: shadows }),
  };
  const weights = { variables, read: () => readVariables(shadows ?? variables) };
  const random = createRandom(seed);
  let step = 0;

  const update = compile(
    (batch: Batch, scalars: ReturnType<typeof optimizer.scalars>, emaDecay: Tensor) =>
      withPrecision(config.precision, () => {
        const { value, gradients } = withGradientCheckpointing(
          config.gradientCheckpointing ?? false,
          () => valueAndGradients((params) => task.loss(params, batch), readVariables(variables)),
        );
        const clipped = config.maxGradNorm
          ? clipByGlobalNorm(gradients, config.maxGradNorm).gradients
          : gradients;
        optimizer.update(clipped, scalars);
        if (shadows) updateEma(shadows, variables, emaDecay);
        return value;
      }),
  );
  const save = () =>
    run?.saveCheckpoint(
      step,
      (folder) => writeTrainingState(folder, groups, { step, random: random.state() }),
    );

  try {
    if (run?.checkpoint) {
      const progression = await readTrainingState(run.checkpoint.folder, groups);
      step = progression.step;
      random.restore(progression.random);
    }
    while (step < config.steps) {
      if (signal?.aborted) {
        await save();
        throw signal.reason;
      }
      const batch = await task.batch(random, step, { batchSize: config.batchSize, variables });
      const rate = learningRateAt(config.learningRate, step, config.steps);
      const scalars = optimizer.scalars(step + 1, rate);
      const decay = tf.scalar(config.ema ? emaDecayAt(config.ema, step) : 0);
      const value = update(batch, scalars, decay);
      const [loss] = value.dataSync();
      tf.dispose([batch, scalars, decay, value]);
      step++;
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
  } finally {
    optimizer.dispose();
    disposeVariables(variables);
    if (shadows) disposeVariables(shadows);
  }
}
