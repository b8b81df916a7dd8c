/** The loop from noise to latents, with classifier-free guidance and compiled networks. */
import {
  compile,
  memoized,
  type Precision,
  type Tensor,
  tf,
  withPrecision,
} from "../internal/tensor/mod.ts";
import type { Backbone, Decoder, Denoiser, Params } from "../models/mod.ts";
import type { Scheduler } from "./scheduler.ts";

/** The model's prediction for latents that are all at one timestep (a scalar). */
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

/**
 * Classifier-free guidance (Ho and Salimans 2021, equation 6): e_u + g (e_c − e_u), both branches in
 * one evaluation.
 *
 * @param predict for a batch of 2 n latents and contexts
 * @param latents [n, h, w, c]
 * @param contexts [2 n, length, d]: unconditional first, then conditional; [n, …] where g is 1
 */
export function guided(
  predict: (latents: Tensor, contexts: Tensor) => Tensor,
  latents: Tensor,
  contexts: Tensor,
  guidanceScale: number,
): Tensor {
  if (!isGuided(guidanceScale)) return predict(latents, contexts);
  const both = predict(tf.concat([latents, latents], 0), contexts); // [2 n, h, w, c]
  const [unconditional, conditional] = tf.split(both, 2, 0);
  return tf.add(unconditional, tf.mul(tf.sub(conditional, unconditional), guidanceScale));
}

/** A guidance scale of 1 leaves the conditional prediction as it is: the other is not computed. */
function isGuided(guidanceScale: number): boolean {
  return guidanceScale !== 1;
}

/**
 * The contexts of prompts as {@link guided} takes them.
 *
 * @param negativePrompts what to steer away from, one for each prompt
 */
export function encodeGuided(
  model: Pick<Backbone, "encodePrompts">,
  prompts: readonly string[],
  guidanceScale: number,
  negativePrompts: readonly string[] = prompts.map(() => ""),
): Tensor {
  return model.encodePrompts(isGuided(guidanceScale) ? [...negativePrompts, ...prompts] : prompts);
}

// The networks as compiled functions of their weights, traced once for each architecture.

/** The guided prediction for latents [n, h, w, c] that are all at one timestep, a scalar. */
export const guidedPredictorOf = memoized((predict: Denoiser["predict"]) =>
  compile((
    params: Params,
    x: Tensor,
    timestep: Tensor,
    contexts: Tensor,
    { guidanceScale, precision }: { guidanceScale: number; precision: Precision },
  ) =>
    withPrecision(precision, () =>
      guided(
        (latents, contexts) => {
          const timesteps = tf.tile(tf.reshape(timestep, [1]), [latents.shape[0]]);
          return predict(params, latents, timesteps, contexts);
        },
        x,
        contexts,
        guidanceScale,
      ))
  )
);

/** Scaled latents → images, about in [−1, 1] */
export const decoderOf = memoized((decode: Decoder["decode"]) =>
  compile((params: Params, latents: Tensor, { precision }: { precision: Precision }) =>
    withPrecision(precision, () => decode(params, latents))
  )
);
