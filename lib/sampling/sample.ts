/** Images from prompts: latent diffusion with classifier-free guidance. */
import type { Image } from "../images/mod.ts";
import type { Backbone } from "../diffusion/backbone.ts";
import { createRandom, type Random } from "../random/mod.ts";
import { createScheduler, type Sampler } from "../schedulers/mod.ts";
import { type Precision, type Tensor, tf } from "../tensorflow/mod.ts";
import { denoise } from "./denoise.ts";
import { encodeGuided } from "./guidance.ts";
import { decoderOf, guidedPredictorOf } from "./networks.ts";
import { toImages } from "./to_images.ts";

export type SampleOptions = {
  prompts: readonly string[];
  /** What to draw away from, one for each prompt; empty by default. */
  negativePrompts?: readonly string[];
  /** Calls of the sampler. */
  steps: number;
  guidanceScale: number;
  /** The model's own by default. */
  sampler?: Sampler;
  /** DDIM's share of DDPM's noise. */
  eta?: number;
  /** Image i is drawn from the stream of `${seed} ${i}`, whatever the batch size. */
  seed: number | string;
  batchSize?: number;
  precision?: Precision;
  signal?: AbortSignal;
  /**
   * Called after each step with how many of all denoising steps are done, and the latents of the images
   * at work [batch, h, w, c], which the next step disposes.
   */
  onStep?(done: number, total: number, latents: Tensor): void;
};

/**
 * Draws an image for each prompt.
 *
 * ```ts
 * const [castle] = await sample(await loadStableDiffusion(folder), {
 *   prompts: ["a castle beside a lake"],
 *   steps: 25,
 *   guidanceScale: 7.5,
 *   seed: 0,
 * });
 * ```
 */
export async function sample(model: Backbone, options: SampleOptions): Promise<Image[]> {
  const { prompts, batchSize = 16 } = options;
  const images: Image[] = [];
  for (let first = 0; first < prompts.length; first += batchSize) {
    images.push(...await sampleBatch(model, options, first, first + batchSize));
  }
  return images;
}

/** The images of prompts `first` to `end`, exclusive. */
async function sampleBatch(
  model: Backbone,
  options: SampleOptions,
  first: number,
  end: number,
): Promise<Image[]> {
  const { steps, guidanceScale, sampler, eta, seed, precision = "float32", signal } = options;
  const prompts = options.prompts.slice(first, end);
  const negative = prompts.map((_, i) => options.negativePrompts?.[first + i] ?? "");
  const scheduler = createScheduler(model.scheduler, steps, { sampler, eta });
  const shape = model.latentsShape(prompts.length);
  const streams = prompts.map((_, i) => createRandom(`${seed} ${first + i}`));
  const denoiser = model.denoiser(), decoder = model.decoder();
  const predict = guidedPredictorOf(denoiser.predict), decode = decoderOf(decoder.decode);

  const contexts = encodeGuided(model, prompts, guidanceScale, negative);
  const noise = normal(streams, shape);
  try {
    const latents = await denoise(
      (x, timestep) =>
        predict(denoiser.params, x, timestep, contexts, { guidanceScale, precision }),
      scheduler,
      noise,
      {
        signal,
        noise: () => normal(streams, shape),
        onStep(i, latents) {
          const calls = scheduler.timesteps.length;
          const done = first * calls + (i + 1) * prompts.length;
          options.onStep?.(done, options.prompts.length * calls, latents);
        },
      },
    );
    const pixels = decode(decoder.params, latents, { precision });
    const images = toImages(pixels);
    tf.dispose([latents, pixels]);
    return images;
  } finally {
    tf.dispose([contexts, noise]);
  }
}

/** Standard normal numbers, each row from its own stream. */
function normal(streams: readonly Random[], shape: number[]): Tensor {
  const length = shape.slice(1).reduce((product, size) => product * size, 1);
  const values = new Float32Array(streams.length * length);
  streams.forEach((stream, i) => {
    for (let j = 0; j < length; j++) values[i * length + j] = stream.normal();
  });
  return tf.tensor(values, shape);
}
