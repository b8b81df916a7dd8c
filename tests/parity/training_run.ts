import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import type { Params } from "specialist/models";
import type { NamedArray } from "specialist/models/files/safetensors.ts";
import {
  type Batch,
  clipByGlobalNorm,
  fit,
  learningRateAt,
  readVariables,
  type TrainingConfig,
  trainingSchema,
  type TrainingTask,
  valueAndGradients,
} from "specialist/training";
import { tensorOf, totalLoss } from "../tensors.ts";
import { parameterOutput } from "./fixture.ts";
import type { Expected, Output, Outputs } from "./parity_case.ts";

/** The task of a case: its batches are stored, not drawn. */
export type StoredTask<B extends object = Batch> = {
  params: Params;
  batch(step: number): B;
  loss: TrainingTask<B>["loss"];
};

/** What a training run did, step by step. */
export type TrainingRun<B extends object = Batch> = {
  task: StoredTask<B>;
  config: TrainingConfig;
  losses: number[];
  /** Before clipping. */
  gradNorms: number[];
  /** As the optimizer left them: `weights[k]` after k steps. */
  weights: Params[];
  /** What the training would have ended with after k + 1 steps. */
  results: Params[];
};

/** A case's optimizer settings, learning rate schedule and clipping. */
export function trainingConfigOf(
  { optimizer, lr_scheduler, max_grad_norm }: {
    optimizer: { lr: number; betas: [number, number]; weight_decay: number; eps: number };
    lr_scheduler?: { milestones: number[]; gamma: number } | null;
    max_grad_norm?: number | null;
  },
  rest: Record<string, unknown>,
): TrainingConfig {
  const { lr, betas: [beta1, beta2], weight_decay: weightDecay, eps: epsilon } = optimizer;
  return trainingSchema.parse({
    learningRate: lr_scheduler
      ? { peak: lr, schedule: "multistep", ...lr_scheduler }
      : { peak: lr },
    adamW: { beta1, beta2, epsilon, weightDecay },
    maxGradNorm: max_grad_norm ?? undefined,
    ...rest,
  });
}

/** Trains with the library's own loop, and keeps the weights of every step. */
export async function runTraining<B extends object>(
  task: StoredTask<B>,
  config: TrainingConfig,
): Promise<TrainingRun<B>> {
  const losses: number[] = [], gradNorms: number[] = [];
  const weights = [task.params];
  const results: Params[] = [];
  const final = await fit(
    { ...task, batch: ({ step }) => task.batch(step) },
    config,
    {
      seed: 0,
      logEvery: 1,
      run: {
        checkpoint: undefined,
        saveCheckpoint: () => Promise.resolve(),
        log: ({ gradNorm }) => Promise.resolve(void gradNorms.push(gradNorm)),
      },
      onStep(_, loss, { variables, read }) {
        losses.push(loss);
        weights.push(copied(readVariables(variables)));
        results.push(copied(read()));
      },
    },
  );
  tf.dispose(final);
  return { task, config, losses, gradNorms, weights, results };
}

/** Variables are updated in place; what was read of them must not be. */
function copied(params: Params): Params {
  const copies = Object.entries(params).map(([name, value]) => [name, tf.add(value, 0)]);
  tf.dispose(params);
  return Object.fromEntries(copies);
}

/** The gradients that step `k` (0 is the first) starts from. */
export function gradientsOf<B extends object>(
  { task, weights }: TrainingRun<B>,
  k: number,
): Params {
  const batch = task.batch(k);
  return valueAndGradients((params) => totalLoss(task.loss(params, batch)), weights[k]).gradients;
}

/**
 * The outputs that every training case has, under the names of the checkpoint's parameters.
 *
 * @param nameOf what a parameter is called here
 */
export function trainingOutputs<B extends object>(
  run: TrainingRun<B>,
  expected: readonly Expected[],
  nameOf: (name: string) => string = (name) => name,
): Outputs {
  const { config, losses, gradNorms, weights } = run;
  const clipped: Params[] = [];
  const clippedAt = (k: number) => clipped[k] ??= clip(gradientsOf(run, k), config);
  const outputs: Outputs = {
    loss: vector(losses),
    grad_norm_before_clip: vector(gradNorms),
    total_param_change_l2: vector(losses.map((_, k) => distance(weights[k + 1], weights[0]))),
    lr_used: vector(losses.map((_, k) => learningRateAt(config.learningRate, k, config.steps))),
  };
  for (const { output } of expected) {
    const [, kind, step, name] = /^(grad_step|step)(\d+)\/(.+)$/.exec(output) ?? [];
    if (!kind) continue;
    const k = Number(step);
    const params = kind === "step" ? weights[k] : clippedAt(k - 1);
    outputs[output] = parameterOutput(params[nameOf(name)]);
  }
  return outputs;
}

function clip(gradients: Params, { maxGradNorm }: TrainingConfig): Params {
  return maxGradNorm ? clipByGlobalNorm(gradients, maxGradNorm).gradients : gradients;
}

function distance(a: Params, b: Params): number {
  return Math.hypot(
    ...Object.keys(a).map((name) => tf.tidy(() => tf.norm(tf.sub(a[name], b[name])).dataSync()[0])),
  );
}

export function vector(data: readonly number[]): Output {
  return { shape: [data.length], data };
}

/** Row `step` of a stored [steps, …]. */
export function rowOf({ shape, dtype, data }: NamedArray, step: number): NamedArray {
  const length = data.length / shape[0];
  return { shape: shape.slice(1), dtype, data: data.slice(step * length, (step + 1) * length) };
}

/** Row `step` of stored latents [steps, n, c, h, w], channels last. */
export function latentsOf(array: NamedArray, step: number): Tensor {
  return tf.tidy(() => tf.transpose(tensorOf(rowOf(array, step)), [0, 2, 3, 1]));
}
