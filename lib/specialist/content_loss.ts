/**
 * Content loss: what is drawn for a shot's plain caption, without the style's words, must still show
 * what the shot shows, as CLIP sees it.
 *
 * The image is drawn with a deterministic sampler (DDIM). Its first steps are without gradient; at
 * one step, the last by default, the gradient goes through the U-Net's evaluation, the autoencoder's
 * decoder and CLIP's vision tower.
 *
 * In the released code no gradient arrives, for two reasons. The image is detached and rounded to 8
 * bits before CLIP sees it. And the gradient is kept at the sampler step that equals the batch's first
 * timestep, while all later steps run without gradient, so that it would survive only where that step
 * is the last one. The loss is computed and has no effect on the weights.
 */
import { z } from "zod";
import { type ClipPreprocessor, resizeMatrix, type ResizeMatrixOptions } from "../data/mod.ts";
import {
  createScheduler,
  denoise,
  encodeGuided,
  guided,
  guidedPredictorOf,
  type Scheduler,
} from "../diffusion/mod.ts";
import { UserError, validate } from "../internal/runtime/mod.ts";
import { type Tensor, tf } from "../internal/tensor/mod.ts";
import {
  type Backbone,
  type Clip,
  clipImageEmbeddings,
  embedImages,
  embedTexts,
  normalizeRows,
  normalTensor,
  type Params,
  type SchedulerConfig,
} from "../models/mod.ts";
import type { Loss, MethodContext } from "./method.ts";
import { shipped } from "./part.ts";
import { beginsEpoch } from "./shots.ts";

export const contentLossSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the content loss is used"),
  weight: z.number().min(0).default(1e-3).describe("Its weight next to the denoising error"),
  every: z.int().positive().optional().describe(
    "Steps between its uses; the first step of each epoch by default",
  ),
  images: z.int().positive().default(1).describe("Shots of the batch that it uses"),
  target: z.enum(["image", "text"]).default("image").describe(
    "What the image is compared with: the shot, or the shot's caption",
  ),
  gradient: z.enum(["through-last-step", "reference"]).default("through-last-step").describe(
    "What the paper describes, or the released code, in which no gradient reaches the U-Net",
  ),
  steps: z.int().min(1).max(1000).default(10).describe(
    "Steps of the sampler that draws the image; 100 in the released code",
  ),
  lastStep: z.int().min(0).optional().describe(
    "The step with the gradient, counted from 0, whose prediction is decoded; the last by default. A " +
      "middle one has far more gradient, such as 4 of 10 steps, at timestep 501 of 1000",
  ),
  guidanceScale: z.number().min(1).default(7.5).describe("Classifier-free guidance; 1 is none"),
}).refine(
  ({ steps, lastStep }) => lastStep === undefined || lastStep < steps,
  { path: ["lastStep"], error: "must be less than steps" },
);

export type ContentLossConfig = z.infer<typeof contentLossSchema>;

/** Where the gradient begins. */
export type ContentStep = {
  /** The sampler's latents before the last step [n, h, w, c]. */
  latents: Tensor;
  /** The plain captions' states, as for `guided`. */
  contexts: Tensor;
  /** CLIP embeddings of the shots or of their captions, of length 1. [n, d] */
  targets: Tensor;
};

/** How the image is drawn; the sampler is DDIM. */
type Drawing = Pick<ContentLossConfig, "steps" | "lastStep" | "guidanceScale">;

/** DDIM, whatever sampler and spacing the model comes with. */
function createSampler(config: SchedulerConfig, steps: number): Scheduler {
  return createScheduler({ ...config, timestep_spacing: "leading" }, steps, { sampler: "ddim" });
}

/**
 * The sampler's steps before the last one, without gradient.
 *
 * @param params the U-Net's, now
 * @param noise standard normal [n, h, w, c]
 * @param onStep called with each step's result, which the next step disposes
 */
export async function drawUntilLastStep(
  model: Backbone,
  params: Params,
  { noise, contexts }: { noise: Tensor; contexts: Tensor },
  { steps, lastStep = steps - 1, guidanceScale }: Drawing,
  onStep?: (i: number, latents: Tensor) => void,
): Promise<Tensor> {
  const scheduler = createSampler(model.scheduler, steps);
  const predict = guidedPredictorOf(model.denoiser().predict);
  const options = { guidanceScale, precision: "float32" } as const;
  return await denoise(
    (x, timestep) => predict(params, x, timestep, contexts, options),
    { ...scheduler, timesteps: scheduler.timesteps.slice(0, lastStep) },
    noise,
    { onStep },
  );
}

/** The U-Net's output at the last step. May be called inside a compiled step, as all that follows. */
export function lastOutput(
  model: Backbone,
  params: Params,
  { latents, contexts }: Pick<ContentStep, "latents" | "contexts">,
  { steps, lastStep = steps - 1, guidanceScale }: Drawing,
): Tensor {
  const { timesteps } = createSampler(model.scheduler, steps);
  const { predict } = model.denoiser();
  return guided(
    (x, contexts) => predict(params, x, tf.fill([x.shape[0]], timesteps[lastStep]), contexts),
    latents,
    contexts,
    guidanceScale,
  );
}

/**
 * The image that the last output points to.
 *
 * @returns [n, h, w, 3], about in [−1, 1]
 */
export function predictedImage(
  model: Backbone,
  output: Tensor,
  latents: Tensor,
  { steps, lastStep = steps - 1 }: Drawing,
): Tensor {
  const { params, decode } = model.decoder();
  return decode(params, createSampler(model.scheduler, steps).predictX0(output, lastStep, latents));
}

/**
 * 1 − cosine of the drawn image's embedding with its target, averaged; not yet weighted. May be called
 * inside a compiled step.
 *
 * @param params the denoiser's, which alone have a gradient
 */
export function contentDistance(
  model: Backbone,
  params: Params,
  { latents, contexts, targets }: ContentStep,
  guide: Clip,
  config: Pick<ContentLossConfig, "gradient"> & Drawing,
): Tensor {
  const output = lastOutput(model, params, { latents, contexts }, config);
  const drawn = predictedImage(model, output, latents, config);
  const image = tf.clipByValue(tf.add(tf.div(drawn, 2), 0.5), 0, 1);
  const shown = config.gradient === "reference" ? toEightBits(image) : image;
  const pixels = clipView(shown, guide.preprocessor);
  return meanCosineDistance(clipImageEmbeddings(guide.params, guide.config, pixels), targets);
}

/** Rounded to the levels of an 8-bit image: a step function, whose gradient is zero. */
function toEightBits(image: Tensor): Tensor {
  return tf.div(tf.round(tf.mul(image, 255)), 255);
}

/** The mean of 1 − cosine. @param targets of length 1 */
export function meanCosineDistance(embeddings: Tensor, targets: Tensor): Tensor {
  return tf.sub(1, tf.mean(tf.sum(tf.mul(normalizeRows(embeddings), targets), 1)));
}

export type ContentSettings = Partial<Omit<ContentLossConfig, "enabled">>;

/**
 * The loss as a part of a method: L_content = weight · (1 − cos(CLIP(drawn), CLIP(shot))).
 *
 * @param settings the preset's by default, and the released code's where it has none
 */
export function contentLoss(settings: ContentSettings = {}): Loss<Float32Array[]> {
  const config = validate(contentLossSchema, settings, "contentLoss");
  const { weight, every, images, guidanceScale, enabled: _enabled, ...rest } = config;
  return shipped(
    {
      name: "content",
      weight,
      every,
      settings: { images, guidanceScale, ...rest },
      complete: (preset) => contentLoss({ ...preset.contentLoss, ...settings }),
      ...(every === undefined && { isDue: beginsEpoch }),

      /** The guide's embedding of each shot, or of its caption. */
      setUp({ guide, shots }: MethodContext) {
        if (!guide) throw missingGuide();
        return config.target === "image"
          ? embedImages(guide, shots.map(({ image }) => image))
          : embedTexts(guide, shots.map(({ caption }) => caption));
      },
      async prepare({ model, plainCaptions, shown, random, state: targets }) {
        const chosen = shown.slice(0, images);
        const contexts = encodeGuided(model, chosen.map((i) => plainCaptions[i]), guidanceScale);
        const noise = normalTensor(random, model.latentsShape(chosen.length));
        const drawing = { noise, contexts };
        const latents = await drawUntilLastStep(model, model.denoiser().params, drawing, config);
        noise.dispose();
        const rows = chosen.map((i) => Array.from(targets[i]));
        return { latents, contexts, targets: tf.tensor2d(rows) };
      },
      value: ({ model, params, guide, prepared }) =>
        contentDistance(model, params, prepared as ContentStep, guide!, config),
    } satisfies Loss<Float32Array[]>,
  );
}

function missingGuide(): UserError {
  return new UserError({
    what: "the content loss is enabled, but there is no CLIP to judge the content",
    field: "contentLoss.enabled",
    remedy: "give a model folder with a guide in it, or set this to false",
  });
}

// CLIP's preprocessing for images that are tensors, so that a gradient can pass.

/**
 * Shortest edge resized, middle cut out, normalized; nothing is rounded to 8 bits.
 *
 * @param images [n, h, w, 3] in [0, 1]
 * @param options by default Pillow's bicubic resampling, like CLIP's own preprocessing
 * @returns [n, crop height, crop width, 3]
 */
export function clipView(
  images: Tensor,
  { size, crop_size, image_mean, image_std }: ClipPreprocessor,
  options: ResizeMatrixOptions = {},
): Tensor {
  const [n, height, width] = images.shape;
  const shortest = Math.min(height, width);
  const scaled = (edge: number) => Math.trunc(size.shortest_edge * edge / shortest);
  const resized = resizeTensor(images, { height: scaled(height), width: scaled(width) }, options);
  const top = Math.floor((resized.shape[1]! - crop_size.height) / 2);
  const left = Math.floor((resized.shape[2]! - crop_size.width) / 2);
  const cropped = tf.slice(resized, [0, top, left, 0], [n, crop_size.height, crop_size.width, 3]);
  return tf.div(tf.sub(cropped, tf.tensor1d(image_mean)), tf.tensor1d(image_std));
}

/** Resizes [n, h, w, c] to exactly `size`: a product with a matrix for each direction. */
export function resizeTensor(
  images: Tensor,
  { height, width }: { height: number; width: number },
  options?: ResizeMatrixOptions,
): Tensor {
  const rows = resizeFirstAxis(tf.transpose(images, [1, 0, 2, 3]), height, options); // [h', n, w, c]
  const columns = resizeFirstAxis(tf.transpose(rows, [2, 1, 0, 3]), width, options); // [w', n, h', c]
  return tf.transpose(columns, [1, 2, 0, 3]);
}

function resizeFirstAxis(x: Tensor, outputs: number, options?: ResizeMatrixOptions): Tensor {
  const [inputs, ...rest] = x.shape;
  const matrix = tf.tensor2d(resizeMatrix(inputs, outputs, options), [outputs, inputs]);
  return tf.reshape(tf.matMul(matrix, tf.reshape(x, [inputs, -1])), [outputs, ...rest]);
}
