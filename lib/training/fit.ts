/** The one training loop: batches in, steps, moving average, checkpoints, resumption. */
import { createStreams } from "../data/mod.ts";
import { isAbort, type Run } from "../internal/runtime/mod.ts";
import { tf } from "../internal/tensor/mod.ts";
import type { Params } from "../models/mod.ts";
import { emaDecayAt, learningRateAt, type TrainingConfig } from "./config.ts";
import {
  createAdamW,
  createVariables,
  disposeVariables,
  readVariables,
  type Variables,
} from "./optimizer.ts";
import type { Batch, TrainingTask } from "./step.ts";
import { readTrainingState, writeTrainingState } from "./training_state.ts";
import { createUpdate, isFiniteStep, nonFiniteStep, type StepNumbers } from "./update.ts";

export type TrainingHooks = {
  seed: number | string;
  /** The run that stores checkpoints, and records logged and skipped steps. */
  run?: Pick<Run, "checkpoint" | "saveCheckpoint" | "log"> & Partial<Pick<Run, "folder">>;
  /**
   * Stops the run after the current step, which counts. So does an abort inside a hook or batch.
   */
  signal?: AbortSignal;
  /**
   * Called after each step, with the loss, which is not finite where the step was skipped; may look at
   * the weights as they are now.
   *
   * @param numbers the named losses, the gradient's norm and, where measured, the losses' shares of it
   */
  onStep?(
    step: number,
    loss: number,
    weights: Weights,
    numbers: StepNumbers,
  ): void | Promise<void>;
  /**
   * Called before the first step of a run that resumes, as `onStep` was after the checkpoint's step: for
   * what `onStep` had not finished when it was aborted.
   */
  onResume?(step: number, weights: Weights): void | Promise<void>;
  /** Steps between recorded losses. */
  logEvery?: number;
  /**
   * Disposes the task's first values, which nothing else needs, so that they are not held twice.
   */
  disposeParams?: boolean;
  /** A clock in milliseconds that never goes back, which says when the next checkpoint is due. */
  now?(): number;
};

/** Between checkpoints at most, whatever their number of steps. */
const checkpointMilliseconds = 60_000;
/** Share of a run's time that these take at most: writing some takes minutes. */
const checkpointShare = 0.1;

/** The weights of a run under way. */
export type Weights = {
  /** As the optimizer has them. */
  variables: Variables;
  /** The run's result so far: the moving average where there is one. New tensors. */
  read(): Params;
};

/**
 * Trains, and returns the final parameters: the moving average where there is one. A run with a
 * checkpoint resumes from it, exactly as if it had never stopped: each step's random streams are those
 * of the seed and the step. Checkpoints are saved every `checkpointEvery` steps, at least once a minute
 * unless saving takes more than six seconds, and after the last step.
 *
 * @throws the signal's reason, once a checkpoint of all finished steps is written; UserError where loss
 *   or gradient are not finite, unless the config says that such steps are skipped
 */
export async function fit<B extends object = Batch>(
  task: TrainingTask<B>,
  config: TrainingConfig,
  {
    seed,
    run,
    signal,
    onStep,
    onResume,
    logEvery = 10,
    disposeParams = false,
    now = () => performance.now(),
  }: TrainingHooks,
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
  const lossesOf = (batch: number) => task.losses?.({ step: batch, batchSize }) ?? [];
  const batchesAt = (step: number) =>
    Array.from({ length: accumulate }, (_, k) => step * accumulate + k);
  /** Of any of a step's batches. */
  const lossesAt = (step: number) => [...new Set(batchesAt(step).flatMap(lossesOf))];
  let step = 0, skipped = 0, savedStep = run?.checkpoint?.step;
  let dueAt = now() + checkpointMilliseconds;

  async function save() {
    const started = now();
    await run?.saveCheckpoint(
      step,
      (folder) => writeTrainingState(folder, groups, { step, skipped }),
    );
    savedStep = step;
    const ended = now();
    dueAt = ended + Math.max(checkpointMilliseconds, (ended - started) / checkpointShare);
  }

  try {
    if (run?.checkpoint) {
      ({ step, skipped } = await readTrainingState(run.checkpoint.folder, groups));
      await onResume?.(step, weights);
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
        (k) => task.batch(createStreams(seed, batchesAt(step)[k]), { batchSize, variables }),
        scalars,
        measuresShares(step, config.sharesEvery, (step) => lossesOf(step * accumulate)),
      );
      tf.dispose(scalars);
      const isSkipped = !isFiniteStep(numbers);
      if (isSkipped && config.onNonFinite !== "skip") {
        const place = { seed, step, rate, savedStep, folder: run?.folder };
        throw nonFiniteStep(task, config, numbers, place);
      }
      const isNews = isSkipped || numbers.shares !== undefined || beginsLoss(step, lossesAt);
      step++;
      if (isSkipped) skipped++;
      if (isNews || step % logEvery === 0) {
        await run?.log({
          step,
          ...lineOf(numbers),
          learningRate: rate,
          ...skipped > 0 && { skipped },
        });
      }
      await onStep?.(step, numbers.loss, weights, numbers);
      const isLast = step === config.steps;
      if (step % config.checkpointEvery === 0 || isLast || now() >= dueAt) await save();
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

/**
 * Whether a step is the first with several losses among those of its stretch of `every` steps.
 *
 * @param lossesAt those of a step's first batch, on which they are measured
 */
function measuresShares(
  step: number,
  every: number,
  lossesAt: (step: number) => string[],
): boolean {
  if (every === 0 || lossesAt(step).length < 2) return false;
  for (let earlier = step - step % every; earlier < step; earlier++) {
    if (lossesAt(earlier).length >= 2) return false;
  }
  return true;
}

/** Whether a step has a loss that the step before had not: one that is not computed at every step. */
function beginsLoss(step: number, lossesAt: (step: number) => string[]): boolean {
  if (step === 0) return lossesAt(0).length > 1;
  const before = lossesAt(step - 1);
  return lossesAt(step).some((name) => !before.includes(name));
}

/** A step's numbers as a line of metrics: "loss.content", and where measured its weight and share. */
function lineOf({ loss, values, weights, gradNorm, shares }: StepNumbers): Record<string, number> {
  const named = (prefix: string, numbers: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [`${prefix}.${name}`, value]),
    );
  return {
    loss,
    ...("loss" in values ? {} : named("loss", values)),
    gradNorm,
    ...(shares && { ...named("weight", weights), ...named("share", shares) }),
  };
}
