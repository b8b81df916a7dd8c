/** What there is to say of a step whose loss or gradient is no number. */
import { UserError } from "../errors/mod.ts";
import { createRandom, type RandomState } from "../random/mod.ts";
import type { Variables } from "../nn/mod.ts";
import { tf } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import type { TrainingTask } from "./task.ts";
import type { StepNumbers } from "./update.ts";

/** Where a training stands that such a step has not moved. */
type Place = {
  /** Finished steps. */
  step: number;
  /** The random stream before the step's batches. */
  random: RandomState;
  variables: Variables;
  /** The learning rate. */
  rate: number;
  /** Step of the last checkpoint. */
  savedStep?: number;
  /** The run's. */
  folder?: string;
};

/** Names the step, what was in its batches, which are drawn once more, and the last checkpoint. */
export async function nonFiniteStep(
  task: TrainingTask,
  config: TrainingConfig,
  { loss, gradNorm }: StepNumbers,
  { step, random, variables, rate, savedStep, folder }: Place,
): Promise<UserError> {
  const what = Number.isFinite(loss)
    ? `the gradient's norm is ${gradNorm} at step ${step + 1}`
    : `the loss is ${loss} at step ${step + 1}`;
  const checkpoint = savedStep === undefined
    ? "there is no checkpoint yet"
    : `the last good checkpoint is that of step ${savedStep}`;
  const samples = await samplesOf(task, config, { step, random, variables });
  return new UserError({
    what: [`${what}; ${checkpoint}`, ...samples].join("\n  - "),
    file: folder,
    field: "training.onNonFinite",
    remedy: `lower the learning rate (${rate.toPrecision(3)}), look at what this step was shown, ` +
      'or set this to "skip", which goes on without such steps',
  });
}

/** A line for each sample of a step: its caption and its timestep, where the task has these. */
async function samplesOf(
  task: TrainingTask,
  { batchSize, accumulate = 1 }: TrainingConfig,
  { step, random: state, variables }: Pick<Place, "step" | "random" | "variables">,
): Promise<string[]> {
  const [random, captioning] = [createRandom(""), createRandom("")];
  random.restore(state);
  const samples: string[] = [];
  for (let k = 0; k < accumulate; k++) {
    const at = step * accumulate + k;
    captioning.restore(random.state());
    const captions = task.captions?.(captioning, at, { batchSize }) ?? [];
    const batch = await task.batch(random, at, { batchSize, variables });
    const timesteps = [...batch.timesteps?.dataSync() ?? []];
    tf.dispose(batch);
    const words = [captions.map((it) => `"${it}"`), timesteps.map((it) => `timestep ${it}`)];
    const count = Math.max(captions.length, timesteps.length);
    samples.push(...Array.from(
      { length: count },
      (_, i) => words.flatMap((words) => words[i] ?? []).join(", "),
    ));
  }
  return samples;
}
