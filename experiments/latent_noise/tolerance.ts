/** What a decoder makes of latents that are a little off. */
import { createRandom, type Image } from "specialist/data";
import { toImages } from "specialist/diffusion";
import { compile, memoized, type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  decode,
  encode,
  type Model,
  normalTensor,
  type Params,
  type VaeConfig,
} from "specialist/models";

/** Images of each batch; the last may have fewer. */
export const batchSize = 32;

/** Of one set's drawings at one noise level. */
export type Tolerance = {
  /** Standard deviation of the added noise, as a share of the latents'. */
  level: number;
  /** Mean absolute difference between decoded and true drawings, in levels of 255. */
  error: number;
  /** Distance between latents and those of the decoded drawing, as a share of the latents' deviation. */
  roundTrip: number;
};

type Vae = Model<VaeConfig>;

/** Drawings' latents, decoded with noise at each level; the noise is the same for each model. */
export function measureTolerance(
  vae: Vae,
  drawings: readonly Image[],
  levels: readonly number[],
  seed: number,
): Tolerance[] {
  const latents = encodeAll(vae, drawings);
  const { deviation } = spread(latents);
  return levels.map((level) => {
    const disturbed = addNoise(latents, level * deviation, seed);
    const decoded = decodeAll(vae, disturbed);
    const error = meanError(decoded, drawings);
    const trip = roundTrip(vae, disturbed, decoded) / deviation;
    tf.dispose(disturbed);
    return { level, error, roundTrip: trip };
  });
}

/** Unscaled means of the posteriors. [n, h, w, c] of at most 32 drawings each */
export function encodeAll({ config, params }: Vae, images: readonly Image[]): Tensor[] {
  return batches(images).map((batch) => {
    const pixels = pixelsOf(batch);
    const latents = encoderOf(config)(params, pixels);
    pixels.dispose();
    return latents;
  });
}

/** Drawings of unscaled latents. */
export function decodeAll({ config, params }: Vae, latents: readonly Tensor[]): Image[] {
  return latents.flatMap((batch) => {
    const pixels = decoderOf(config)(params, batch);
    const images = toImages(pixels);
    pixels.dispose();
    return images;
  });
}

/** Root mean square distance between latents and those that the decoded drawings are encoded to. */
export function roundTrip(vae: Vae, latents: readonly Tensor[], decoded: readonly Image[]): number {
  const again = encodeAll(vae, decoded);
  const value = distance(latents, again);
  tf.dispose(again);
  return value;
}

/** Root mean square difference. */
export function distance(a: readonly Tensor[], b: readonly Tensor[]): number {
  let squares = 0, count = 0;
  a.forEach((batch, i) => {
    squares += tf.tidy(() => tf.sum(tf.squaredDifference(batch, b[i])).dataSync()[0]);
    count += batch.size;
  });
  return Math.sqrt(squares / count);
}

/** Mean and standard deviation of all numbers together. */
export function spread(latents: readonly Tensor[]): { mean: number; deviation: number } {
  const values = latents.flatMap((batch) => [...batch.dataSync()]);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Latents plus Gaussian noise: new tensors. */
export function addNoise(latents: readonly Tensor[], deviation: number, seed: number): Tensor[] {
  const random = createRandom(seed).fork("latent noise");
  return latents.map((batch) =>
    tf.tidy(() => tf.add(batch, tf.mul(normalTensor(random, batch.shape), deviation)))
  );
}

function meanError(images: readonly Image[], truths: readonly Image[]): number {
  let sum = 0, count = 0;
  images.forEach(({ data }, i) => {
    for (let j = 0; j < data.length; j++) sum += Math.abs(data[j] - truths[i].data[j]);
    count += data.length;
  });
  return sum / count;
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / batchSize) },
    (_, i) => items.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/** [n, h, w, 3] in [−1, 1] */
function pixelsOf(images: readonly Image[]): Tensor {
  const { width, height } = images[0];
  const values = Float32Array.from(
    images.flatMap(({ data }) => [...data]),
    (level) => level / 127.5 - 1,
  );
  return tf.tensor(values, [images.length, height, width, 3]);
}

const encoderOf = memoized((config: VaeConfig) =>
  compile((params: Params, pixels: Tensor) => encode(params, config, pixels).mean)
);

const decoderOf = memoized((config: VaeConfig) =>
  compile((params: Params, latents: Tensor) => decode(params, config, latents))
);
