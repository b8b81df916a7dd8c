import { join } from "node:path";
import { clipPreprocess } from "specialist/data";
import { createScheduler } from "specialist/diffusion";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  clipImageEmbeddings,
  loadClip,
  loadStableDiffusion,
  normalizeRows,
  type Params,
} from "specialist/models";
import {
  clipView,
  drawUntilLastStep,
  lastOutput,
  meanCosineDistance,
  predictedImage,
  resizeTensor,
} from "specialist/specialist";
import { valueAndGradients } from "specialist/training";
import { outputOf } from "../../tensors.ts";
import { channelsFirstOutput, channelsLastTensor, imageOf, parameterOutput } from "../fixture.ts";
import type { Expected, Outputs, ParityCase } from "../parity_case.ts";

/** The image drawn for a plain caption, its distance from a real one, and the gradients. */
export const contentLoss: ParityCase = async ({ folder, config, inputs, expected }) => {
  const model = await loadStableDiffusion(join(folder, config.pipeline_dir));
  const { params: clip, config: clipConfig, preprocessor } = await loadClip(
    join(folder, config.clip_dir),
  );
  const { steps, k: lastStep, guidance_scale: guidanceScale } = config;
  const drawing = { steps, lastStep, guidanceScale };
  const contexts = model.encodePrompts([config.negative_prompt, config.prompt]);
  const [unconditional, conditional] = tf.split(contexts, 2, 0);
  const used = guidanceScale === 1 ? conditional : contexts;

  const noise = channelsLastTensor(inputs.latents_init);
  const perStep = [tf.transpose(noise, [0, 3, 1, 2])];
  const latents = await drawUntilLastStep(
    model,
    model.unet.params,
    { noise, contexts: used },
    drawing,
    (_, x) => void perStep.push(tf.transpose(x, [0, 3, 1, 2])),
  );
  const scheduler = createScheduler(model.scheduler, steps, { sampler: "ddim" });

  const { height, width } = preprocessor.crop_size;
  const real = tf.tensor(clipPreprocess(imageOf(inputs.real_image), preprocessor), [
    1,
    height,
    width,
    3,
  ]);
  const targets = normalizeRows(clipImageEmbeddings(clip, clipConfig, real));
  const outputAt = (unet: Params) => lastOutput(model, unet, { latents, contexts: used }, drawing);
  const imageOfOutput = (output: Tensor) => {
    const image = tf.add(tf.div(predictedImage(model, output, latents, drawing), 2), 0.5);
    return config.clamp ? tf.clipByValue(image, 0, 1) : image;
  };
  const pixelsOf = (image: Tensor) =>
    clipView(image, preprocessor, { resampling: config.resize, antialias: config.antialias });
  const distance = (pixels: Tensor) =>
    meanCosineDistance(clipImageEmbeddings(clip, clipConfig, pixels), targets);

  const output = outputAt(model.unet.params);
  const image = imageOfOutput(output), pixels = pixelsOf(image);
  const { value: loss, gradients } = valueAndGradients(
    (unet) => distance(pixelsOf(imageOfOutput(outputAt(unet)))),
    model.unet.params,
  );
  const gradient = (f: (x: Tensor) => Tensor, x: Tensor) => tf.grad(f as never)(x) as Tensor;
  const outputs: Outputs = {
    timesteps: { shape: [steps], data: scheduler.timesteps },
    context_cond: outputOf(conditional),
    context_uncond: outputOf(unconditional),
    x_per_step: outputOf(tf.stack(perStep)),
    eps_last: channelsFirstOutput(output),
    x0_pred: channelsFirstOutput(scheduler.predictX0(output, lastStep, latents)),
    image_raw: channelsFirstOutput(predictedImage(model, output, latents, drawing)),
    image_01: channelsFirstOutput(image),
    pixel_values_gen: channelsFirstOutput(pixels),
    pixel_values_real: channelsFirstOutput(real),
    embed_gen: outputOf(normalizeRows(clipImageEmbeddings(clip, clipConfig, pixels))),
    embed_real: outputOf(targets),
    cosine: outputOf(tf.sub(1, loss)),
    loss: outputOf(loss),
    grad_pixel_values: channelsFirstOutput(gradient(distance, pixels)),
    grad_eps_last: channelsFirstOutput(
      gradient((output) => distance(pixelsOf(imageOfOutput(output))), output),
    ),
    ...resizes(image, expected),
  };
  for (const name of config.grad_weights as string[]) {
    outputs[`grad/${name}`] = parameterOutput(gradients[name]);
  }
  return outputs;
};

/** The image resized in each way that is asked for, as `resize_check/bicubic_antialias`. */
function resizes(image: Tensor, expected: readonly Expected[]): Outputs {
  const outputs: Outputs = {};
  for (const { output, shape: [, , height, width] } of expected) {
    const [, resampling, kind] =
      /^resize_check(?:_down)?\/(bilinear|bicubic)_(plain|antialias)$/.exec(output) ?? [];
    if (!kind) continue;
    const options = { resampling: resampling as "bilinear", antialias: kind === "antialias" };
    outputs[output] = channelsFirstOutput(resizeTensor(image, { height, width }, options));
  }
  return outputs;
}
