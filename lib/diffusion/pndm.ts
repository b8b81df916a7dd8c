/** PNDM (Liu et al., "Pseudo Numerical Methods for Diffusion Models on Manifolds"). */
import type { Tensor } from "@tensorflow/tfjs";
import { tf } from "../internal/tensor/mod.ts";
import { createNoiseSchedule, type SchedulerConfig } from "../models/mod.ts";
import { noiseLevel, predictEpsilon, predictX0 } from "./forward_process.ts";
import {
  checkLeading,
  checkSteps,
  createHistory,
  leadingStride,
  leadingTimesteps,
  type Scheduler,
  weightedSum,
} from "./scheduler.ts";

/** Adams–Bashforth weights by the number of outputs at hand; the last row is equation 12. */
const adamsBashforth = [
  { weights: [1], divisor: 1 },
  { weights: [3, -1], divisor: 2 },
  { weights: [23, -16, 5], divisor: 12 },
  { weights: [55, -59, 37, -9], divisor: 24 },
];

/**
 * The pseudo linear multistep sampler that Stable Diffusion v1 ships with.
 *
 * Instead of the paper's Runge-Kutta start (`skip_prk_steps`), the first step is taken twice: a
 * second call averages both ends' outputs and steps again from the first `x`. So N steps take N+1
 * calls, the second timestep being visited twice.
 */
export function createPndm(config: SchedulerConfig, steps: number): Scheduler {
  checkSteps(config.num_train_timesteps, steps);
  checkLeading(config.timestep_spacing, "pndm");
  const { alphasCumprod } = createNoiseSchedule(config);
  const visited = leadingTimesteps(config.num_train_timesteps, steps, config.steps_offset);
  const timesteps = [...visited.slice(0, 2), ...visited.slice(1)];
  const stride = leadingStride(config.num_train_timesteps, steps);
  const finalAlpha = config.set_alpha_to_one ? 1 : alphasCumprod[0];

  const outputs = createHistory(adamsBashforth.length);
  const first = createHistory(1); // the x that the repeated step starts from again

  /** φ of equation 11: carries `x` from timestep `from` one stride down along `output`. */
  function transfer(output: Tensor, x: Tensor, from: number): Tensor {
    const alpha = alphasCumprod[from];
    const previous = alphasCumprod[from - stride] ?? finalAlpha;
    const epsilon = predictEpsilon(output, x, noiseLevel(alpha), config.prediction_type);
    const divisor = alpha * Math.sqrt(1 - previous) + Math.sqrt(alpha * (1 - alpha) * previous);
    return tf.sub(
      tf.mul(x, Math.sqrt(previous / alpha)),
      tf.mul(epsilon, (previous - alpha) / divisor),
    );
  }

  return {
    timesteps,
    initNoiseSigma: 1,
    stochastic: false,
    scaleModelInput: (x) => x.clone(),
    step: (output, i, x) =>
      tf.tidy(() => {
        if (i === 1) {
          const mean = weightedSum([output, outputs.items[0]], [1, 1], 2);
          return transfer(mean, first.items[0], timesteps[0]);
        }
        if (i === 0) first.push(x);
        outputs.push(output);
        const { weights, divisor } = adamsBashforth[outputs.items.length - 1];
        return transfer(weightedSum(outputs.items, weights, divisor), x, timesteps[i]);
      }),
    predictX0: (output, i, x) =>
      tf.tidy(() =>
        predictX0(output, x, noiseLevel(alphasCumprod[timesteps[i]]), config.prediction_type)
      ),
    dispose() {
      outputs.dispose();
      first.dispose();
    },
  };
}
