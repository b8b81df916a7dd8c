/**
 * What all samplers share: the interface, timestep spacings, Karras sigmas, and the outputs of
 * earlier steps.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { UserError } from "../internal/runtime/mod.ts";
import { tf } from "../internal/tensor/mod.ts";

/**
 * One sampling run of a scheduler, from noise to image.
 *
 * ```ts
 * let x = tf.mul(unitNoise, scheduler.initNoiseSigma);
 * for (const [i, timestep] of scheduler.timesteps.entries()) {
 *   const output = unet(scheduler.scaleModelInput(x, i), timestep);
 *   x = scheduler.step(output, i, x);
 * }
 * scheduler.dispose();
 * ```
 *
 * Coefficients are float64 numbers, tensors are float32 of any one shape. `step` is called once
 * for each i, in order; every result is the caller's to dispose, inside a tidy or by hand.
 */
export type Scheduler = {
  /** The timesteps that the network is called at, in order. Fractional for Euler's linspace. */
  timesteps: number[];
  /** Standard deviation of the noise that sampling starts from. */
  initNoiseSigma: number;
  /** Whether `step` wants fresh standard-normal noise. */
  stochastic: boolean;
  /** What the network is shown instead of `x` at step `i`. */
  scaleModelInput(x: Tensor, i: number): Tensor;
  /** `x` of the next step. */
  step(output: Tensor, i: number, x: Tensor, noise?: Tensor): Tensor;
  /** The image that step `i`'s output points to. */
  predictX0(output: Tensor, i: number, x: Tensor): Tensor;
  /** Frees the outputs that multistep schedulers remember. */
  dispose(): void;
};

/** A scheduler that solves along noise levels σ_0 > … > σ_N = 0. */
export type SigmaScheduler = Scheduler & { sigmas: number[] };

// Which of the training timesteps a sampler of few steps visits, from the noisiest on.

/**
 * Every `stride`-th timestep: `k·stride + offset` for k = count-1 … 0.
 *
 * @throws UserError if the noisiest one lies past the last training timestep
 */
export function leadingTimesteps(trainTimesteps: number, count: number, offset: number): number[] {
  const stride = leadingStride(trainTimesteps, count);
  const noisiest = (count - 1) * stride + offset;
  if (stride < 1 || noisiest >= trainTimesteps) {
    throw new UserError({
      what: `${count} timesteps with steps_offset ${offset} do not fit into 0 to ${
        trainTimesteps - 1
      }`,
      remedy: "use fewer steps or a smaller steps_offset",
    });
  }
  return Array.from({ length: count }, (_, i) => noisiest - i * stride);
}

/** The distance between neighbours of `leadingTimesteps`. */
export function leadingStride(trainTimesteps: number, count: number): number {
  return Math.floor(trainTimesteps / count);
}

/** Evenly from the last training timestep to 0, both included; fractional. */
export function linspaceTimesteps(trainTimesteps: number, count: number): number[] {
  const last = trainTimesteps - 1;
  const stride = last / (count - 1);
  return Array.from({ length: count }, (_, i) => i === 0 ? last : (count - 1 - i) * stride);
}

/** Rounds halves to the even neighbour, as the reference does: 166.5 becomes 166. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + floor % 2 : Math.round(value);
}

/** @throws UserError unless `steps` is a whole number that the schedule has timesteps for */
export function checkSteps(trainTimesteps: number, steps: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > trainTimesteps) {
    throw new UserError({
      what: `steps must be a whole number from 1 to ${trainTimesteps} (num_train_timesteps)`,
      value: steps,
      remedy: "ask for a number of steps in this range",
    });
  }
}

/** @throws UserError for a sampler that has leading spacing only, if `spacing` is another one */
export function checkLeading(spacing: string | undefined, sampler: string): void {
  if (spacing !== undefined && spacing !== "leading") {
    throw new UserError({
      what: `timestep_spacing "${spacing}" is not supported by ${sampler}`,
      remedy: 'use "leading", or the sampler euler or dpm_solver',
    });
  }
}

// Noise levels of Karras et al., "Elucidating the Design Space of Diffusion-Based Models".

const rho = 7;

/** Equation 5: `count` levels from the largest to the smallest of `table` (ascending). */
export function karrasSigmas(table: Float64Array, count: number): number[] {
  const largest = table[table.length - 1] ** (1 / rho);
  const smallest = table[0] ** (1 / rho);
  return Array.from({ length: count }, (_, i) => {
    const ramp = count === 1 ? 0 : i / (count - 1);
    return (largest + ramp * (smallest - largest)) ** rho;
  });
}

/** The fractional timestep whose noise level is `sigma`, by interpolation in log σ. */
export function timestepOf(sigma: number, table: Float64Array): number {
  const above = table.findIndex((level) => level > sigma);
  const low = above === -1 ? table.length - 2 : Math.max(above - 1, 0);
  const [from, to] = [Math.log(table[low]), Math.log(table[low + 1])];
  return low + Math.min(Math.max((Math.log(sigma) - from) / (to - from), 0), 1);
}

/** The last few tensors of a multistep method, newest first. They outlive any tidy around them. */
type History = {
  readonly items: readonly Tensor[];
  /** Remembers a copy of `tensor` and forgets the oldest beyond the limit. */
  push(tensor: Tensor): void;
  dispose(): void;
};

export function createHistory(limit: number): History {
  const items: Tensor[] = [];
  return {
    items,
    push(tensor) {
      items.unshift(tf.keep(tensor.clone()));
      if (items.length > limit) items.pop()!.dispose();
    },
    dispose() {
      tf.dispose(items);
      items.length = 0;
    },
  };
}

/** Σ weights[i]·tensors[i] / divisor. */
export function weightedSum(
  tensors: readonly Tensor[],
  weights: readonly number[],
  divisor = 1,
): Tensor {
  return tf.tidy(() =>
    tensors.map((tensor, i) => tf.mul(tensor, weights[i] / divisor)).reduce((a, b) => tf.add(a, b))
  );
}
