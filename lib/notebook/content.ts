/** A look into the content loss: what the model draws, what the guide sees, and what gradient arrives. */
import { createRandom, type Image } from "../data/mod.ts";
import { encodeGuided, toImages } from "../diffusion/mod.ts";
import { cosineDistance } from "../evaluation/mod.ts";
import { heatImage } from "../figures/mod.ts";
import { compile, type Tensor, tf } from "../internal/tensor/mod.ts";
import {
  type Clip,
  clipImageEmbeddings,
  embedImages,
  normalTensor,
  type Params,
} from "../models/mod.ts";
import {
  clipView,
  contentDistance,
  contentLossSchema,
  type ContentSettings,
  type ContentStep,
  drawUntilLastStep,
  lastOutput,
  meanCosineDistance,
  predictedImage,
} from "../specialist/mod.ts";
import { globalNorm, valueAndGradients } from "../training/mod.ts";
import type { TrainingLab } from "./training.ts";

/** One use of the content loss, as a training step makes it. */
export type ContentUse = {
  /** What the model draws for the shot's plain caption. */
  image: Image;
  /** 1 − cosine of image and shot, as the guide sees them. */
  loss: number;
  /** The same distance from each of the lab's shots. */
  distances: number[];
  /** The norm of the loss's gradient with respect to all parameters of the U-Net. */
  gradientNorm: number;
};

/**
 * Uses the content loss once on each of the lab's shots, without training.
 *
 * ```ts
 * const uses = await useContentLoss(lab, { steps: 10 });
 * await showImages(uses.map(({ image, loss }) => ({ image, caption: loss.toFixed(3) })));
 * ```
 *
 * @param settings the preset's by default
 */
export async function useContentLoss(
  { model, guide, style: { shots }, preset }: TrainingLab,
  settings: ContentSettings = {},
): Promise<ContentUse[]> {
  const config = contentLossSchema.parse({ ...preset.contentLoss, ...settings });
  const measure = compile((params: Params, step: ContentStep) => {
    const { value, gradients } = valueAndGradients(
      (params) => contentDistance(model, params, step, guide, config),
      params,
    );
    const output = lastOutput(model, params, step, config);
    return {
      loss: value,
      norm: globalNorm(gradients),
      image: predictedImage(model, output, step.latents, config),
    };
  });
  const targets = await embedImages(guide, shots.map(({ image }) => image));
  const uses: Omit<ContentUse, "distances">[] = [];
  for (const [i, { caption }] of shots.entries()) {
    const noise = normalTensor(createRandom(`content ${i}`), model.latentsShape(1));
    const contexts = encodeGuided(model, [caption], config.guidanceScale);
    const { params } = model.denoiser();
    const latents = await drawUntilLastStep(model, params, { noise, contexts }, config);
    const step = { latents, contexts, targets: tf.tensor2d([Array.from(targets[i])]) };
    const { loss, norm, image } = measure(params, step);
    uses.push({
      image: toImages(image)[0],
      loss: loss.dataSync()[0],
      gradientNorm: norm.dataSync()[0],
    });
    tf.dispose([noise, step, loss, norm, image]);
  }
  const drawn = await embedImages(guide, uses.map(({ image }) => image));
  return uses.map((use, i) => ({
    ...use,
    distances: targets.map((target) => cosineDistance(drawn[i], target)),
  }));
}

/**
 * Where each image would have to change to look more like its target: the norm of the content loss's
 * gradient at each pixel, from dark at zero to light at the image's largest.
 */
export async function contentGradientMaps(
  guide: Clip,
  images: readonly Image[],
  targets: readonly Image[],
): Promise<Image[]> {
  const gradientOf = compile((pixels: Tensor, target: Tensor) => {
    const { gradients } = valueAndGradients(
      ({ pixels }) => {
        const seen = clipView(pixels, guide.preprocessor);
        return meanCosineDistance(clipImageEmbeddings(guide.params, guide.config, seen), target);
      },
      { pixels },
    );
    return tf.norm(gradients.pixels, "euclidean", 3); // [1, h, w]
  });
  const embeddings = await embedImages(guide, targets);
  return images.map(({ width, height, data }, i) => {
    const levels = Float32Array.from(data, (level) => level / 255);
    const pixels = tf.tensor(levels, [1, height, width, 3]);
    const target = tf.tensor2d([Array.from(embeddings[i])]);
    const map = gradientOf(pixels, target);
    const image = heatImage(map.dataSync(), width, height);
    tf.dispose([pixels, target, map]);
    return image;
  });
}
