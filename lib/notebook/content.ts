/** Looking into the content loss: what it draws, what it sees, and what reaches the U-Net. */
import { createRandom, type Image } from "../data/mod.ts";
import { encodeGuided, toImages } from "../diffusion/mod.ts";
import { compile, type Tensor, tf } from "../internal/tensor/mod.ts";
import {
  type Backbone,
  type Clip,
  clipImageEmbeddings,
  embedImages,
  normalTensor,
  type Params,
} from "../models/mod.ts";
import {
  clipView,
  contentDistance,
  type ContentLossConfig,
  type ContentStep,
  drawUntilLastStep,
  lastOutput,
  meanCosineDistance,
  predictedImage,
  type Shot,
} from "../specialist/mod.ts";
import { globalNorm, valueAndGradients } from "../training/mod.ts";

/** One use of the content loss, as a training step makes it. */
export type ContentUse = {
  /** What the model draws for the shot's plain caption. */
  picture: Image;
  /** 1 − cosine of picture and shot, as the guide sees them. */
  loss: number;
  /** The length of its gradient with respect to all of the U-Net's parameters. */
  gradientNorm: number;
};

/** Uses the content loss once on each of some shots, without training. */
export async function useContentLoss(
  { model, guide }: { model: Backbone; guide: Clip },
  shots: readonly Shot[],
  config: ContentLossConfig,
): Promise<ContentUse[]> {
  const measure = compile((params: Params, step: ContentStep) => {
    const { value, gradients } = valueAndGradients(
      (params) => contentDistance(model, params, step, guide, config),
      params,
    );
    const output = lastOutput(model, params, step, config);
    return {
      loss: value,
      norm: globalNorm(gradients),
      picture: predictedImage(model, output, step.latents, config),
    };
  });
  const targets = await embedImages(guide, shots.map(({ image }) => image));
  const uses: ContentUse[] = [];
  for (const [i, { caption }] of shots.entries()) {
    const noise = normalTensor(createRandom(`content ${i}`), model.latentsShape(1));
    const contexts = encodeGuided(model, [caption], config.guidanceScale);
    const { params } = model.denoiser();
    const latents = await drawUntilLastStep(model, params, { noise, contexts }, config);
    const step = { latents, contexts, targets: tf.tensor2d([Array.from(targets[i])]) };
    const { loss, norm, picture } = measure(params, step);
    uses.push({
      picture: toImages(picture)[0],
      loss: loss.dataSync()[0],
      gradientNorm: norm.dataSync()[0],
    });
    tf.dispose([noise, step, loss, norm, picture]);
  }
  return uses;
}

/**
 * Where a picture would have to change to look more like its target: how long the gradient of the
 * content loss is at each pixel. [height × width] for each picture
 *
 * @param targets of unit length, one for each picture
 */
export function contentGradientMaps(
  guide: Clip,
  pictures: readonly Image[],
  targets: readonly Float32Array[],
): Float32Array[] {
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
  return pictures.map(({ width, height, data }, i) => {
    const pixels = tf.tensor(Float32Array.from(data, (level) => level / 255), [
      1,
      height,
      width,
      3,
    ]);
    const target = tf.tensor2d([Array.from(targets[i])]);
    const map = gradientOf(pixels, target);
    const values = Float32Array.from(map.dataSync());
    tf.dispose([pixels, target, map]);
    return values;
  });
}
