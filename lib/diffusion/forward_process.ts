/**
 * The forward process: images noised to their timesteps, and the image and noise that a prediction
 * implies.
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { tf } from "../internal/tensor/mod.ts";
import type { NoiseSchedule, PredictionType } from "../models/mod.ts";

// The forward process for training: a batch of images, each noised to its own timestep.
//
// Timesteps are int32 tensors of shape [B] and no value is read, so that all of it can be compiled.
// Images are of any rank, batch first. The schedule's tables become constants.

/** √ᾱ_t and √(1-ᾱ_t) of each sample, shaped [B, 1, …] to broadcast over images of `rank`. */
export function noiseLevels(
  { alphasCumprod }: NoiseSchedule,
  timesteps: Tensor1D,
  rank: number,
): NoiseLevel & { signal: Tensor; noise: Tensor } {
  const shape = [timesteps.shape[0], ...Array(rank - 1).fill(1)];
  return tf.tidy(() => ({
    signal: lookUp(alphasCumprod.map(Math.sqrt), timesteps).reshape(shape),
    noise: lookUp(alphasCumprod.map((alpha) => Math.sqrt(1 - alpha)), timesteps).reshape(shape),
  }));
}

/** x_t = √ᾱ_t·x0 + √(1-ᾱ_t)·ε (DDPM, equation 4). Same shape as `x0`. */
export function addNoise(
  x0: Tensor,
  noise: Tensor,
  timesteps: Tensor1D,
  schedule: NoiseSchedule,
): Tensor {
  return tf.tidy(() => {
    const level = noiseLevels(schedule, timesteps, x0.rank);
    return tf.add(tf.mul(x0, level.signal), tf.mul(noise, level.noise));
  });
}

/** v_t = √ᾱ_t·ε - √(1-ᾱ_t)·x0, what a v-prediction network learns. Same shape as `x0`. */
export function velocity(
  x0: Tensor,
  noise: Tensor,
  timesteps: Tensor1D,
  schedule: NoiseSchedule,
): Tensor {
  return tf.tidy(() => {
    const level = noiseLevels(schedule, timesteps, x0.rank);
    return tf.sub(tf.mul(noise, level.signal), tf.mul(x0, level.noise));
  });
}

/** Signal-to-noise ratio ᾱ_t / (1-ᾱ_t) of each sample. [B] */
export function snr({ alphasCumprod }: NoiseSchedule, timesteps: Tensor1D): Tensor1D {
  return tf.tidy(() => lookUp(alphasCumprod.map((alpha) => alpha / (1 - alpha)), timesteps));
}

/** The table's entries at `timesteps`. tfjs' gather would read the timesteps' values. */
function lookUp(table: Float64Array, timesteps: Tensor1D): Tensor1D {
  const chosen = tf.oneHot(timesteps, table.length); // [B, T]
  return tf.sum(tf.mul(chosen, tf.tensor1d(Float32Array.from(table))), 1);
}

// What a network's output says about the image and the noise in `x = signal·x0 + noise·ε`.
//
// ε is Ho et al.'s parameterisation (DDPM, section 3.2), v = signal·ε - noise·x0 that of Salimans
// and Ho ("Progressive Distillation for Fast Sampling of Diffusion Models", appendix D).

/** √ᾱ and √(1-ᾱ): numbers for one timestep, or tensors that broadcast over a batch. */
export type NoiseLevel = { signal: number | Tensor; noise: number | Tensor };

/** The noise level where ᾱ is `alphaCumprod`. */
export function noiseLevel(alphaCumprod: number): NoiseLevel {
  return { signal: Math.sqrt(alphaCumprod), noise: Math.sqrt(1 - alphaCumprod) };
}

/** The image `x0` in `x`, given the network's output. Same shape as `x`. */
export function predictX0(
  output: Tensor,
  x: Tensor,
  { signal, noise }: NoiseLevel,
  type: PredictionType,
): Tensor {
  return type === "epsilon"
    ? tf.div(tf.sub(x, tf.mul(output, noise)), signal)
    : tf.sub(tf.mul(x, signal), tf.mul(output, noise));
}

/** The noise `ε` in `x`, given the network's output. Same shape as `x`. */
export function predictEpsilon(
  output: Tensor,
  x: Tensor,
  { signal, noise }: NoiseLevel,
  type: PredictionType,
): Tensor {
  return type === "epsilon" ? output : tf.add(tf.mul(output, signal), tf.mul(x, noise));
}
