/** Euler's method on noise levels (Karras et al., "Elucidating the Design Space", algorithm 1). */
import type { Tensor } from "@tensorflow/tfjs";
import { tf } from "../internal/tensor/mod.ts";
import { createNoiseSchedule, type SchedulerConfig, sigmasOf } from "../models/mod.ts";
import { predictX0 } from "./forward_process.ts";
import {
  checkSteps,
  leadingTimesteps,
  linspaceTimesteps,
  type SigmaScheduler,
} from "./scheduler.ts";

/** Here `x` is the image plus σ times noise, which the network sees scaled to unit variance. */
export function createEuler(config: SchedulerConfig, steps: number): SigmaScheduler {
  const { num_train_timesteps, steps_offset, prediction_type } = config;
  checkSteps(num_train_timesteps, steps);
  const spacing = config.timestep_spacing ?? "linspace";
  const timesteps = spacing === "leading"
    ? leadingTimesteps(num_train_timesteps, steps, steps_offset)
    : linspaceTimesteps(num_train_timesteps, steps);
  const table = sigmasOf(createNoiseSchedule(config));
  const sigmas = [...timesteps.map((t) => interpolate(table, t)), 0];

  const x0At = (output: Tensor, i: number, x: Tensor) => {
    const scale = 1 / Math.hypot(sigmas[i], 1);
    const level = { signal: scale, noise: sigmas[i] * scale };
    return predictX0(output, tf.mul(x, scale), level, prediction_type);
  };

  return {
    timesteps,
    sigmas,
    initNoiseSigma: spacing === "leading" ? Math.hypot(sigmas[0], 1) : sigmas[0],
    stochastic: false,
    scaleModelInput: (x, i) => tf.mul(x, 1 / Math.hypot(sigmas[i], 1)),
    step: (output, i, x) =>
      tf.tidy(() => {
        const derivative = tf.div(tf.sub(x, x0At(output, i, x)), sigmas[i]);
        return tf.add(x, tf.mul(derivative, sigmas[i + 1] - sigmas[i]));
      }),
    predictX0: (output, i, x) => tf.tidy(() => x0At(output, i, x)),
    dispose() {},
  };
}

/** The table's value at a fractional index. */
function interpolate(table: Float64Array, index: number): number {
  const below = Math.floor(index);
  const above = Math.min(below + 1, table.length - 1);
  return table[below] + (index - below) * (table[above] - table[below]);
}
