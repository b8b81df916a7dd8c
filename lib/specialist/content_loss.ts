/**
 * Content loss: what is drawn for a shot's plain caption, without the style's words, must still show
 * what the shot shows, as CLIP sees it.
 *
 * The picture is drawn with a deterministic sampler (DDIM). Its first steps are without gradient; at
 * one step, the last by default, the gradient goes through the U-Net's evaluation, the autoencoder's
 * decoder and CLIP's vision tower.
 *
 * In the released code no gradient arrives, for two reasons. The picture is detached and rounded to 8
 * bits before CLIP sees it. And the gradient is kept at the sampler step that equals the batch's first
 * timestep, while all later steps run without gradient, so that it would survive only where that step
 * is the last one. The loss is computed and has no effect on the weights.
 */
import { z } from "zod";
import { type Clip, clipImageEmbeddings, normalizeRows } from "../models/clip/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { unet } from "../models/unet/mod.ts";
import { decode } from "../models/vae/mod.ts";
import type { Params } from "../nn/mod.ts";
import { denoise, denoiserOf, guided } from "../sampling/mod.ts";
import { createScheduler, type Scheduler, type SchedulerConfig } from "../schedulers/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { clipView } from "./clip_view.ts";

export const contentLossSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether there is a content loss"),
  weight: z.number().min(0).default(1e-3).describe("Its weight beside the denoising error"),
  every: z.int().positive().optional().describe(
    "Steps between its uses; the first step of each epoch by default",
  ),
  pictures: z.int().positive().default(1).describe("Shots of the batch that it looks at"),
  target: z.enum(["image", "text"]).default("image").describe(
    "What the picture is compared with: the shot, or the shot's caption",
  ),
  gradient: z.enum(["through-last-step", "reference"]).default("through-last-step").describe(
    "What the paper describes, or the released code, in which no gradient reaches the U-Net",
  ),
  steps: z.int().min(1).max(1000).default(10).describe(
    "Steps of the sampler that draws the picture; 100 in the released code",
  ),
  lastStep: z.int().min(0).optional().describe(
    "The step with the gradient, counted from 0, whose prediction is decoded; the last by default",
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
  /** CLIP's embeddings of the shots or of their captions, of length 1. [n, d] */
  targets: Tensor;
};

/** How the picture is drawn; the sampler is DDIM. */
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
  { unet: { config }, scheduler: schedulerConfig }: StableDiffusion,
  params: Params,
  { noise, contexts }: { noise: Tensor; contexts: Tensor },
  { steps, lastStep = steps - 1, guidanceScale }: Drawing,
  onStep?: (i: number, latents: Tensor) => void,
): Promise<Tensor> {
  const scheduler = createSampler(schedulerConfig, steps);
  const predict = denoiserOf(config);
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
  { unet: { config }, scheduler: schedulerConfig }: StableDiffusion,
  params: Params,
  { latents, contexts }: Pick<ContentStep, "latents" | "contexts">,
  { steps, lastStep = steps - 1, guidanceScale }: Drawing,
): Tensor {
  const { timesteps } = createSampler(schedulerConfig, steps);
  return guided(
    (x, contexts) => unet(params, config, x, tf.fill([x.shape[0]], timesteps[lastStep]), contexts),
    latents,
    contexts,
    guidanceScale,
  );
}

/**
 * The picture that the last output points to.
 *
 * @returns [n, h, w, 3], about in [−1, 1]
 */
export function predictedPicture(
  { vae: { params, config }, scheduler: schedulerConfig }: StableDiffusion,
  output: Tensor,
  latents: Tensor,
  { steps, lastStep = steps - 1 }: Drawing,
): Tensor {
  const scheduler = createSampler(schedulerConfig, steps);
  const x0 = scheduler.predictX0(output, lastStep, latents);
  return decode(params, config, tf.div(x0, config.scaling_factor));
}

/**
 * 1 − cosine of the picture's embedding with its target, averaged; not yet weighted.
 *
 * ```ts
 * // Before a step: what needs no gradient.
 * const contexts = encodePrompts(model, ["", caption]); // just [caption] where guidanceScale is 1
 * const latents = await drawUntilLastStep(model, unetParams, { noise, contexts }, config);
 * const targets = tf.tensor2d((await embedImages(guide, [image])).map((row) => [...row]));
 * // In the compiled step, with the parameters that are differentiated:
 * const content = contentLoss(model, params, { latents, contexts, targets }, guide, config);
 * const loss = tf.add(error, tf.mul(config.weight, content));
 * ```
 *
 * @param params the U-Net's, which alone have a gradient
 */
export function contentLoss(
  model: StableDiffusion,
  params: Params,
  { latents, contexts, targets }: ContentStep,
  guide: Clip,
  config: ContentLossConfig,
): Tensor {
  const output = lastOutput(model, params, { latents, contexts }, config);
  const picture = predictedPicture(model, output, latents, config);
  const image = tf.clipByValue(tf.add(tf.div(picture, 2), 0.5), 0, 1);
  const seen = config.gradient === "reference" ? toEightBits(image) : image;
  const pixels = clipView(seen, guide.preprocessor);
  return cosineDistance(clipImageEmbeddings(guide.params, guide.config, pixels), targets);
}

/** Rounded to the levels of an 8-bit picture: a step function, whose gradient is zero. */
function toEightBits(image: Tensor): Tensor {
  return tf.div(tf.round(tf.mul(image, 255)), 255);
}

/** The mean of 1 − cosine. @param targets of length 1 */
export function cosineDistance(embeddings: Tensor, targets: Tensor): Tensor {
  return tf.sub(1, tf.mean(tf.sum(tf.mul(normalizeRows(embeddings), targets), 1)));
}
