/** DDIM (Song et al., "Denoising Diffusion Implicit Models"). */
import { tf } from "../internal/tensor/mod.ts";
import { createNoiseSchedule, type SchedulerConfig } from "../models/mod.ts";
import { noiseLevel, predictEpsilon, predictX0 } from "./forward_process.ts";
import {
  checkLeading,
  checkSteps,
  leadingStride,
  leadingTimesteps,
  type Scheduler,
} from "./scheduler.ts";

/**
 * Equation 12: predicted image, direction to x_t, and η times DDPM's noise.
 *
 * @param eta 0 is deterministic, 1 is as random as DDPM
 */
export function createDdim(config: SchedulerConfig, steps: number, eta = 0): Scheduler {
  checkSteps(config.num_train_timesteps, steps);
  checkLeading(config.timestep_spacing, "ddim");
  if (!(eta >= 0 && eta <= 1)) throw new Error(`eta must be from 0 to 1, not ${eta}`);
  const { alphasCumprod } = createNoiseSchedule(config);
  const timesteps = leadingTimesteps(config.num_train_timesteps, steps, config.steps_offset);
  const stride = leadingStride(config.num_train_timesteps, steps);
  const finalAlpha = config.set_alpha_to_one ?? true ? 1 : alphasCumprod[0];
  const levelAt = (i: number) => noiseLevel(alphasCumprod[timesteps[i]]);

  return {
    timesteps,
    initNoiseSigma: 1,
    stochastic: eta > 0,
    scaleModelInput: (x) => x.clone(),
    step: (output, i, x, noise) =>
      tf.tidy(() => {
        const alpha = alphasCumprod[timesteps[i]];
        const previous = alphasCumprod[timesteps[i] - stride] ?? finalAlpha;
        // σ_t, equation 16
        const sigma = eta * Math.sqrt((1 - previous) / (1 - alpha) * (1 - alpha / previous));

        const x0 = predictX0(output, x, levelAt(i), config.prediction_type);
        const epsilon = predictEpsilon(output, x, levelAt(i), config.prediction_type);
        const mean = tf.add(
          tf.mul(x0, Math.sqrt(previous)),
          tf.mul(epsilon, Math.sqrt(1 - previous - sigma ** 2)),
        );
        if (sigma === 0) return mean;
        if (!noise) throw new Error(`ddim with eta ${eta} needs noise at step ${i}`);
        return tf.add(mean, tf.mul(noise, sigma));
      }),
    predictX0: (output, i, x) =>
      tf.tidy(() => predictX0(output, x, levelAt(i), config.prediction_type)),
    dispose() {},
  };
}
