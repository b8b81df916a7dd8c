/** The text-to-image model: U-Net and text encoder learn together, in the autoencoder's latents. */
import type { Random } from "specialist/data";
import { sizeOf } from "specialist/internal/runtime/mod.ts";
import { compile, memoized, type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  clipText,
  type ClipTextConfig,
  encode,
  normalTensor,
  type Params,
  prefixed,
  scoped,
  stableDiffusionV1Scheduler,
  type Tokenizer,
  unet,
  type VaeConfig,
} from "specialist/models";
import {
  denoisingErrors,
  diffusionOf,
  minSnrWeights,
  type TrainingTask,
} from "specialist/training";
import { drawCaption, type Drawing, drawItem, pixelBatch } from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";

/** A drawing, and its latent [16 · 16 · 4]. */
export type EncodedDrawing = { drawing: Drawing; latent: Float32Array };

/** By how they came about. */
export type DenoiserImages = Record<"drawings" | "filtered" | "transformed", EncodedDrawing[]>;

export type DenoiserStart = { unet: Params; textEncoder: Params };

/** Both networks' parameters as the ones of one model. */
export function denoiserParams({ unet, textEncoder }: DenoiserStart): Params {
  return { ...prefixed(unet, "unet"), ...prefixed(textEncoder, "text_encoder") };
}

/**
 * @param start first weights; the text encoder's may be those of a trained CLIP
 * @param images scaled latents and what they show
 */
export function denoiserTask(
  { denoiser: { unet: model, training, minSnrGamma, ...shares } }: PretrainConfig,
  textConfig: ClipTextConfig,
  tokenizer: Tokenizer,
  images: DenoiserImages,
  start: DenoiserStart,
): TrainingTask {
  const drawKind = (random: Random): keyof DenoiserImages => {
    const at = random.next();
    if (at < shares.filteredShare) return "filtered";
    return at < shares.filteredShare + shares.transformedShare ? "transformed" : "drawings";
  };
  const diffusion = diffusionOf(stableDiffusionV1Scheduler);
  const n = training.batchSize;
  const shape = [n, model.sample_size, model.sample_size, model.in_channels];
  return {
    params: denoiserParams(start),
    batch(streams) {
      const random = streams.at("batch");
      const x0 = new Float32Array(sizeOf(shape));
      const ids: number[] = [];
      for (let i = 0; i < n; i++) {
        const kind = drawKind(random);
        const { latent, drawing } = random.choice(images[kind]);
        x0.set(latent, i * latent.length);
        const words = random.next() - shares.captionDropout;
        const caption = words < 0
          ? ""
          : words < shares.plainCaptions && kind === "drawings"
          ? drawItem(drawing, random)
          : drawCaption(drawing, random);
        ids.push(...tokenizer.encode(caption));
      }
      const timesteps = Int32Array.from({ length: n }, () => random.integer(1000));
      return {
        x0: tf.tensor(x0, shape),
        noise: normalTensor(random, shape),
        timesteps: tf.tensor1d(timesteps, "int32"),
        ids: tf.tensor(ids, [n, tokenizer.data.maxLength], "int32"),
      };
    },
    loss(params, { x0, noise, timesteps, ids }) {
      const { lastHiddenState } = clipText(scoped(params, "text_encoder"), textConfig, ids);
      const errors = denoisingErrors(
        (noisy) => unet(scoped(params, "unet"), model, noisy, timesteps, lastHiddenState),
        { latents: x0, noise, timesteps },
        diffusion,
      );
      return tf.mean(tf.mul(errors, minSnrWeights(timesteps, minSnrGamma, diffusion)));
    },
  };
}

const batchSize = 64;

const encoderOf = memoized((config: VaeConfig) =>
  compile((params: Params, pixels: Tensor) =>
    encode(params, config, tf.sub(tf.mul(pixels, 2), 1)).mean
  )
);

/** The unscaled latents of each drawing: the means of their posteriors. */
export function encodeDrawings(
  params: Params,
  config: VaeConfig,
  drawings: readonly Drawing[],
  size: number,
): Float32Array[] {
  const encodeBatch = encoderOf(config);
  const latents: Float32Array[] = [];
  for (let first = 0; first < drawings.length; first += batchSize) {
    const batch = drawings.slice(first, first + batchSize);
    // The last batch is filled up, so that all are of one shape.
    const filled = Array.from({ length: batchSize }, (_, i) => batch[i % batch.length]);
    const inputs = pixelBatch(filled, filled.map(() => undefined), size);
    const mean = encodeBatch(params, inputs.pixels);
    const values = mean.dataSync() as Float32Array;
    const length = values.length / batchSize;
    batch.forEach((_, i) => latents.push(values.slice(i * length, (i + 1) * length)));
    tf.dispose([inputs, mean]);
  }
  return latents;
}

/** Standard deviation of all numbers together. */
export function deviationOf(arrays: readonly Float32Array[]): number {
  let count = 0, sum = 0, squares = 0;
  for (const array of arrays) {
    for (const value of array) {
      sum += value;
      squares += value * value;
    }
    count += array.length;
  }
  return Math.sqrt(squares / count - (sum / count) ** 2);
}
