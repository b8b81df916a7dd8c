/** How far off a denoiser's latents are: those it predicts from noisy ones, and those it samples. */
import { createRandom, type Image } from "specialist/data";
import { noiseLevel, predictX0, sample } from "specialist/diffusion";
import { compile, memoized, type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  createNoiseSchedule,
  encodePrompts,
  normalTensor,
  type Params,
  type StableDiffusion,
  unet,
  type UnetConfig,
} from "specialist/models";
import { batchSize, decodeAll, distance, encodeAll, roundTrip, spread } from "./tolerance.ts";

/** A drawing that the model has seen, and its caption. */
export type Captioned = { image: Image; caption: string };

/** The error of x₀ as predicted at one timestep, as a share of the latents' standard deviation. */
export type PredictionError = { timestep: number; error: number };

const timesteps = [10, 20, 50, 100, 200, 300, 500, 700, 900];

/** Root mean square errors of latents that are predicted in one step from noisy ones. */
export function measurePrediction(
  model: StableDiffusion,
  drawings: readonly Captioned[],
  seed: number,
): PredictionError[] {
  const { vae, scheduler } = model;
  const unscaled = encodeAll(vae, drawings.map(({ image }) => image));
  const { deviation } = spread(unscaled);
  const { alphasCumprod } = createNoiseSchedule(scheduler);
  const predict = denoiserOf(model.unet.config);
  const errors = timesteps.map((timestep) => {
    const random = createRandom(seed).fork(`prediction ${timestep}`);
    const level = noiseLevel(alphasCumprod[timestep]);
    let first = 0;
    const predicted = unscaled.map((latents) => {
      const captions = drawings.slice(first, first + latents.shape[0]);
      first += latents.shape[0];
      return tf.tidy(() => {
        const contexts = encodePrompts(model, captions.map(({ caption }) => caption));
        const noise = normalTensor(random, latents.shape);
        const x0 = tf.mul(latents, vae.config.scaling_factor);
        const noisy = tf.add(tf.mul(x0, level.signal), tf.mul(noise, level.noise));
        const timesteps = tf.fill([latents.shape[0]], timestep, "int32");
        const output = predict(model.unet.params, noisy, timesteps, contexts);
        const found = predictX0(output, noisy, level, scheduler.prediction_type);
        return tf.div(found, vae.config.scaling_factor);
      });
    });
    const error = distance(predicted, unscaled) / deviation;
    tf.dispose(predicted);
    return { timestep, error };
  });
  tf.dispose(unscaled);
  return errors;
}

/**
 * How far sampled latents are from those that their drawings are encoded to, as a share of the standard
 * deviation of true drawings' latents: comparable with the same distance of noisy true latents.
 */
export async function measureSamples(
  model: StableDiffusion,
  prompts: readonly string[],
  deviation: number,
  seed: number,
): Promise<number> {
  const latents: Tensor[] = [];
  const steps = 25;
  await sample(model, {
    prompts,
    steps,
    guidanceScale: 4,
    sampler: "dpm_solver",
    seed,
    batchSize,
    onStep(done, _, now) {
      const finished = Math.min(prompts.length, (latents.length + 1) * batchSize);
      if (done === finished * steps) {
        latents.push(tf.tidy(() => tf.div(now, model.vae.config.scaling_factor)));
      }
    },
  });
  const value = roundTrip(model.vae, latents, decodeAll(model.vae, latents)) / deviation;
  tf.dispose(latents);
  return value;
}

/** Traced once for each configuration. */
const denoiserOf = memoized((config: UnetConfig) =>
  compile((params: Params, latents: Tensor, timesteps: Tensor, contexts: Tensor) =>
    unet(params, config, latents, timesteps, contexts)
  )
);
