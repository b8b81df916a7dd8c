import type { Scheduler } from "../schedulers/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";

/** Predicts what the model was trained to, for latents that are all at one timestep (a scalar). */
export type Predict = (latents: Tensor, timestep: Tensor) => Tensor;

export type DenoiseOptions = {
  /** Standard normal numbers for step `i`; needed where the scheduler is stochastic. */
  noise?(i: number): Tensor;
  signal?: AbortSignal;
  /** Called after each step with its result, which the next step disposes. */
  onStep?(i: number, latents: Tensor): void;
};

/**
 * A scheduler's trajectory from noise to latents. Disposes the scheduler.
 *
 * @param noise standard normal, of the latents' shape
 * @returns latents, scaled as the network knows them
 * @throws the signal's reason, once it is aborted
 */
export async function denoise(
  predict: Predict,
  scheduler: Scheduler,
  noise: Tensor,
  { noise: fresh, signal, onStep }: DenoiseOptions = {},
): Promise<Tensor> {
  let x = tf.mul(noise, scheduler.initNoiseSigma);
  try {
    for (const [i, timestep] of scheduler.timesteps.entries()) {
      signal?.throwIfAborted();
      const next: Tensor = tf.tidy(() => {
        const output = predict(scheduler.scaleModelInput(x, i), tf.scalar(timestep));
        return scheduler.step(output, i, x, scheduler.stochastic ? fresh?.(i) : undefined);
      });
      x.dispose();
      x = next;
      onStep?.(i, x);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return x;
  } catch (error) {
    x.dispose();
    throw error;
  } finally {
    scheduler.dispose();
  }
}
