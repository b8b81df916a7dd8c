import { join } from "node:path";
import {
  createScheduler,
  decoderOf,
  denoise,
  guidedPredictorOf,
  samplerOf,
  toImages,
} from "specialist/diffusion";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, parseSchedulerConfig } from "specialist/models";
import { outputOf } from "../../tensors.ts";
import { channelsFirstOutput, channelsLastTensor, outputOfImage } from "../fixture.ts";
import type { Output, ParityCase } from "../parity_case.ts";

/** From prompts to images, every step of the way. */
export const sampling: ParityCase = async ({ folder, config, inputs }) => {
  const model = await loadStableDiffusion(join(folder, "../../pipeline"));
  const prompts = config.prompts as string[];
  const negative = prompts.map(() => config.negative_prompt ?? "");
  const contexts = model.encodePrompts([...negative, ...prompts]);
  const [unconditional, conditional] = tf.split(contexts, 2, 0);
  const scheduler = createScheduler(
    parseSchedulerConfig(config.scheduler_config),
    config.steps,
    { sampler: samplerOf(config.scheduler_class) },
  );
  const denoiser = model.denoiser(), decoder = model.decoder();
  const predict = guidedPredictorOf(denoiser.predict), draw = decoderOf(decoder.decode);
  const options = { guidanceScale: config.guidance_scale, precision: "float32" } as const;
  const perStep: Tensor[] = [];
  const latents = await denoise(
    (x, timestep) => predict(denoiser.params, x, timestep, contexts, options),
    scheduler,
    channelsLastTensor(inputs.latents_init),
    { onStep: (_, x) => void perStep.push(tf.transpose(x, [0, 3, 1, 2])) },
  );
  const image = draw(decoder.params, latents, options);
  const { timesteps } = scheduler;
  return {
    context_cond: outputOf(conditional),
    context_uncond: outputOf(unconditional),
    timesteps: { shape: [timesteps.length], data: timesteps },
    latents_per_step: outputOf(tf.stack(perStep)),
    latents_final: channelsFirstOutput(latents),
    image_raw: channelsFirstOutput(image),
    image_01: channelsFirstOutput(tf.clipByValue(tf.add(tf.div(image, 2), 0.5), 0, 1)),
    image_u8: stacked(toImages(image).map(outputOfImage)),
  };
};

function stacked(outputs: Output[]): Output {
  return {
    shape: [outputs.length, ...outputs[0].shape],
    data: outputs.flatMap(({ data }) => Array.from(data)),
  };
}
