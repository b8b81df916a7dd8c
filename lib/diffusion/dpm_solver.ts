/** DPM-Solver++ (Lu et al., "Fast Solver for Guided Sampling of Diffusion Probabilistic Models"). */
import type { Tensor } from "@tensorflow/tfjs";
import { tf } from "../internal/tensor/mod.ts";
import { createNoiseSchedule, type SchedulerConfig, sigmasOf } from "../models/mod.ts";
import { predictX0 } from "./forward_process.ts";
import {
  checkSteps,
  createHistory,
  karrasSigmas,
  leadingTimesteps,
  linspaceTimesteps,
  roundHalfToEven,
  type SigmaScheduler,
  timestepOf,
} from "./scheduler.ts";

/** Algorithm 2, the multistep solver of second order (2M), with a first-order start and end. */
export function createDpmSolver(config: SchedulerConfig, steps: number): SigmaScheduler {
  checkSteps(config.num_train_timesteps, steps);
  const { timesteps, sigmas } = spread(config, steps);

  // α_t, σ_t and half the log-SNR λ_t of the variance-preserving x
  const alphas = sigmas.map((sigma) => 1 / Math.hypot(sigma, 1));
  const noises = sigmas.map((sigma, i) => sigma * alphas[i]);
  const lambdas = sigmas.map((_, i) => Math.log(alphas[i]) - Math.log(noises[i]));

  const images = createHistory(1);
  const x0At = (output: Tensor, i: number, x: Tensor) =>
    predictX0(output, x, { signal: alphas[i], noise: noises[i] }, config.prediction_type);

  return {
    timesteps,
    sigmas,
    initNoiseSigma: 1,
    stochastic: false,
    scaleModelInput: (x) => x.clone(),
    step: (output, i, x) =>
      tf.tidy(() => {
        const [previous] = images.items;
        const x0 = x0At(output, i, x);
        const h = lambdas[i + 1] - lambdas[i];
        let target = x0;
        if (previous && i < steps - 1) {
          const r = (lambdas[i] - lambdas[i - 1]) / h;
          target = tf.add(x0, tf.mul(tf.sub(x0, previous), 1 / (2 * r)));
        }
        images.push(x0);
        return tf.sub(
          tf.mul(x, noises[i + 1] / noises[i]),
          tf.mul(target, alphas[i + 1] * Math.expm1(-h)),
        );
      }),
    predictX0: (output, i, x) => tf.tidy(() => x0At(output, i, x)),
    dispose: images.dispose,
  };
}

/** The timesteps and the noise levels of the run, the last of which is none. */
function spread(
  config: SchedulerConfig,
  steps: number,
): { timesteps: number[]; sigmas: number[] } {
  const { num_train_timesteps, steps_offset, timestep_spacing, use_karras_sigmas } = config;
  const table = sigmasOf(createNoiseSchedule(config));
  if (use_karras_sigmas) {
    const sigmas = karrasSigmas(table, steps);
    return {
      timesteps: sigmas.map((sigma) => roundHalfToEven(timestepOf(sigma, table))),
      sigmas: [...sigmas, 0],
    };
  }
  // One more than the steps is spread, and the least noisy one left out.
  const timesteps =
    (timestep_spacing === "leading"
      ? leadingTimesteps(num_train_timesteps, steps + 1, steps_offset)
      : linspaceTimesteps(num_train_timesteps, steps + 1).map(roundHalfToEven)).slice(0, -1);
  return { timesteps, sigmas: [...timesteps.map((t) => table[t]), 0] };
}
