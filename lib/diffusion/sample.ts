/** Images from prompts: latent diffusion with classifier-free guidance. */
import { join } from "node:path";
import { createRandom, fitImage, type Image, type Random } from "../data/mod.ts";
import { sha256, sizeOf, writeAll, writeAtomically } from "../internal/runtime/mod.ts";
import { type Precision, type Tensor, tf } from "../internal/tensor/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { createScheduler, type Sampler } from "./create_scheduler.ts";
import { decoderOf, denoise, encodeGuided, guidedPredictorOf } from "./denoise.ts";

export type SampleOptions = {
  prompts: readonly string[];
  /** What to steer away from, one for each prompt; empty by default. */
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
  /** Called before each batch of images, like `onStep`. */
  onBatch?(done: number, total: number): void;
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
  return await sampleCached(model, options, undefined);
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

  const calls = scheduler.timesteps.length;
  const total = options.prompts.length * calls;
  options.onBatch?.(first * calls, total);
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
          options.onStep?.(first * calls + (i + 1) * prompts.length, total, latents);
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
  const length = sizeOf(shape.slice(1));
  const values = new Float32Array(streams.length * length);
  streams.forEach((stream, i) => {
    for (let j = 0; j < length; j++) values[i * length + j] = stream.normal();
  });
  return tf.tensor(values, shape);
}

/** A cache of images that are drawn the same every time. */
export type SampleCache = {
  folder: string;
  /** Identifies everything that determines them besides the options: weights, code, backend. */
  model: string;
};

/**
 * The images of {@link sample}, each batch from the cache if it was drawn before.
 *
 * @param cache nothing is cached without it
 */
export async function sampleCached(
  model: Backbone,
  options: SampleOptions,
  cache: SampleCache | undefined,
): Promise<Image[]> {
  const { signal: _signal, onBatch: _onBatch, onStep: _onStep, batchSize = 16, ...deciding } =
    options;
  const { prompts, negativePrompts } = options;
  const drawn: Image[] = [];
  for (let first = 0; first < prompts.length; first += batchSize) {
    const end = first + batchSize;
    const draw = () => sampleBatch(model, options, first, end);
    const images = cache
      ? await cached(cache, prompts.slice(first, end).length, draw, [
        model.imageSize(),
        first,
        {
          ...deciding,
          prompts: prompts.slice(first, end),
          negativePrompts: negativePrompts?.slice(first, end),
        },
      ])
      : await draw();
    drawn.push(...images);
  }
  return drawn;
}

/** @param deciding all that determines the images besides the cache's `model` */
async function cached(
  { folder, model }: SampleCache,
  count: number,
  draw: () => Promise<Image[]>,
  deciding: unknown[],
): Promise<Image[]> {
  const key = sha256(JSON.stringify([model, ...deciding]));
  const path = join(folder, `${key.slice(0, 16)}.images`);
  const known = await readImages(path, count);
  if (known) return known;
  const images = await draw();
  await Deno.mkdir(folder, { recursive: true });
  await writeImages(path, images);
  return images;
}

/** Width and height, then the pixels of each image. */
async function writeImages(path: string, images: readonly Image[]): Promise<void> {
  const [{ width, height }] = images;
  await writeAtomically(path, async (file) => {
    await writeAll(file, new Uint8Array(Uint32Array.of(width, height).buffer));
    for (const { data } of images) await writeAll(file, data);
  });
}

/** Undefined where the file is missing or of another length. */
async function readImages(path: string, count: number): Promise<Image[] | undefined> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  if (!bytes || bytes.length < 8) return undefined;
  const [width, height] = new Uint32Array(bytes.buffer, 0, 2);
  const length = width * height * 3;
  if (bytes.length !== 8 + count * length) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const start = 8 + i * length;
    return { width, height, data: bytes.subarray(start, start + length) };
  });
}

/**
 * Images through the autoencoder and back: what is lost of them however well a model draws.
 *
 * @param images of any size; what comes back is of the model's size
 */
export function reconstruct(model: Backbone, images: readonly Image[], seed = 0): Image[] {
  const { params, decode } = model.decoder();
  const compiled = decoderOf(decode);
  const fitted = images.map((image) => fitImage(image, model.imageSize()));
  const random = createRandom(`${seed} reconstruct`);
  const reconstructed: Image[] = [];
  for (let first = 0; first < images.length; first += 32) {
    const latents = model.encodeImages(fitted.slice(first, first + 32), random);
    const pixels = compiled(params, latents, { precision: "float32" });
    reconstructed.push(...toImages(pixels));
    tf.dispose([latents, pixels]);
  }
  return reconstructed;
}

/**
 * Images of 8 bits.
 *
 * @param pixels [n, h, w, 3], about in [−1, 1]
 */
export function toImages(pixels: Tensor): Image[] {
  const [n, height, width] = pixels.shape;
  const values = pixels.dataSync();
  const length = height * width * 3;
  return Array.from({ length: n }, (_, i) => ({
    width,
    height,
    data: Uint8Array.from(
      values.subarray(i * length, (i + 1) * length),
      (value) => Math.round(Math.min(1, Math.max(0, value / 2 + 0.5)) * 255),
    ),
  }));
}
