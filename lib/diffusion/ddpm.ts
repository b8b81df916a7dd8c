/** DDPM's ancestral sampler (Ho et al., "Denoising Diffusion Probabilistic Models", algorithm 2). */
import { tf } from "../internal/tensor/mod.ts";
import { createNoiseSchedule, type SchedulerConfig } from "../models/mod.ts";
import { noiseLevel, predictX0 } from "./forward_process.ts";
import {
  checkLeading,
  checkSteps,
  leadingStride,
  leadingTimesteps,
  type Scheduler,
} from "./scheduler.ts";

const minVariance = 1e-20;

/** Draws x_{t-1} from q(x_{t-1} | x_t, x0), equations 6 and 7, with the predicted x0. */
export function createDdpm(config: SchedulerConfig, steps: number): Scheduler {
  checkSteps(config.num_train_timesteps, steps);
  checkLeading(config.timestep_spacing, "ddpm");
  const { alphasCumprod } = createNoiseSchedule(config);
  const timesteps = leadingTimesteps(config.num_train_timesteps, steps, config.steps_offset);
  const stride = leadingStride(config.num_train_timesteps, steps);
  const levelAt = (i: number) => noiseLevel(alphasCumprod[timesteps[i]]);

  return {
    timesteps,
    initNoiseSigma: 1,
    stochastic: true,
    scaleModelInput: (x) => x.clone(),
    step: (output, i, x, noise) =>
      tf.tidy(() => {
        const cumprod = alphasCumprod[timesteps[i]];
        const previous = alphasCumprod[timesteps[i] - stride] ?? 1;
        const alpha = cumprod / previous;
        const variance = (1 - previous) / (1 - cumprod) * (1 - alpha);

        const x0 = predictX0(output, x, levelAt(i), config.prediction_type);
        const mean = tf.add(
          tf.mul(x0, Math.sqrt(previous) * (1 - alpha) / (1 - cumprod)),
          tf.mul(x, Math.sqrt(alpha) * (1 - previous) / (1 - cumprod)),
        );
        if (timesteps[i] === 0) return mean;
        if (!noise) throw new Error(`ddpm needs noise at step ${i}`);
        return tf.add(mean, tf.mul(noise, Math.sqrt(Math.max(variance, minVariance))));
      }),
    predictX0: (output, i, x) =>
      tf.tidy(() => predictX0(output, x, levelAt(i), config.prediction_type)),
    dispose() {},
  };
}
