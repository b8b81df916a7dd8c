/** The autoencoder: reconstruction from noisy latents, edges, and a slight pull to the normal distribution. */
import { createRandom, type Streams } from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  decode,
  encode,
  initParams,
  type Model,
  normalTensor,
  type Params,
  samplePosterior,
  type VaeConfig,
  vaeSpecs,
} from "specialist/models";
import type { TrainingTask } from "specialist/training";
import {
  type BaseData,
  drawRecolouring,
  type PixelBatch,
  pixelBatch,
  recoloured,
} from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";

/**
 * Trains encoder and decoder.
 *
 * @param start an autoencoder to resume from; new weights by default
 */
export function autoencoderTask(
  { seed, vae }: PretrainConfig,
  data: BaseData,
  start?: Model<VaeConfig>,
): TrainingTask {
  const model = start?.config ?? vae.model;
  return {
    params: start?.params ?? initParams(vaeSpecs(model), createRandom(seed).fork("vae")),
    batch: (streams) => images(streams, data, model, vae.training.batchSize, vae.latentNoise),
    loss: (params, batch) => autoencoderLoss(params, model, batch as AutoencoderBatch, vae),
  };
}

/**
 * Trains the decoder on, of an autoencoder whose encoder stays as it is: latents keep their meaning,
 * so that a denoiser fits as before. Rombach et al. do so in Stable Diffusion's later autoencoders.
 */
export function decoderTask(
  { vae: weights, decoder: { training } }: PretrainConfig,
  data: BaseData,
  { config: model, params: all }: Model<VaeConfig>,
): TrainingTask {
  return {
    params: decoderParams(all),
    batch: (streams) => images(streams, data, model, training.batchSize, weights.latentNoise),
    loss: (params, batch) =>
      autoencoderLoss({ ...all, ...params }, model, batch as AutoencoderBatch, weights),
  };
}

/** What `decode` uses, of a record with a key for each of an autoencoder's parameters. */
export function decoderParams<T>(all: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => /^(decoder|post_quant_conv)\./.test(name)),
  );
}

type AutoencoderBatch = PixelBatch & {
  /** Decides which of the latents that an image may come from is decoded. */
  noise: Tensor;
  /** What is added to these latents, in standard deviations of all latents of the batch. */
  disturbance: Tensor;
};

function images(
  streams: Streams,
  { drawings, emoji: { size } }: BaseData,
  { block_out_channels, latent_channels }: VaeConfig,
  batchSize: number,
  latentNoise: number,
): AutoencoderBatch {
  const random = streams.at("batch"), noises = streams.at("latent noise");
  const latentSize = size / 2 ** (block_out_channels.length - 1);
  const chosen = Array.from({ length: batchSize }, () => random.choice(drawings));
  const colours = chosen.map(() => random.next() < 0.5 ? drawRecolouring(random) : undefined);
  const shape = [batchSize, latentSize, latentSize, latent_channels];
  const noise = normalTensor(random, shape);
  const levels = chosen.map(() => latentNoise * noises.next());
  const disturbance = tf.tidy(() =>
    tf.mul(normalTensor(noises, shape), tf.tensor(levels, [batchSize, 1, 1, 1]))
  );
  return { ...pixelBatch(chosen, colours, size), noise, disturbance };
}

function autoencoderLoss(
  params: Params,
  model: VaeConfig,
  { noise, disturbance, ...batch }: AutoencoderBatch,
  { klWeight, edgeWeight }: Pick<PretrainConfig["vae"], "klWeight" | "edgeWeight">,
): Tensor {
  const images = tf.sub(tf.mul(recoloured(batch), 2), 1);
  const posterior = encode(params, model, images);
  const drawn = decode(params, model, disturbed(samplePosterior(posterior, noise), disturbance));
  const error = tf.sub(drawn, images);
  const reconstruction = tf.add(tf.mean(tf.abs(error)), tf.mean(tf.square(error)));
  const { mean, logvar } = posterior;
  // KL(N(μ, σ²) ‖ N(0, 1)) = (μ² + σ² − 1 − log σ²) / 2
  const kl = tf.mul(
    tf.mean(tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logvar)), 1), logvar)),
    0.5,
  );
  return tf.add(
    tf.add(reconstruction, tf.mul(kl, klWeight)),
    tf.mul(edgeError(error), edgeWeight),
  );
}

/** Noise in proportion to the latents' spread: making them larger does not drown it. */
function disturbed(latents: Tensor, disturbance: Tensor): Tensor {
  const deviation = tf.sqrt(tf.moments(latents).variance);
  return tf.add(latents, tf.mul(disturbance, deviation));
}

/** How much the differences between neighbouring pixels are off: blurred edges show here. */
function edgeError(error: Tensor): Tensor {
  const [n, h, w, c] = error.shape;
  const across = tf.sub(
    tf.slice(error, [0, 0, 1, 0], [n, h, w - 1, c]),
    tf.slice(error, [0, 0, 0, 0], [n, h, w - 1, c]),
  );
  const down = tf.sub(
    tf.slice(error, [0, 1, 0, 0], [n, h - 1, w, c]),
    tf.slice(error, [0, 0, 0, 0], [n, h - 1, w, c]),
  );
  return tf.add(tf.mean(tf.abs(across)), tf.mean(tf.abs(down)));
}
