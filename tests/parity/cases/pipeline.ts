import { createNoiseSchedule, loadStableDiffusion, type Params } from "specialist/models";
import type { Outputs, ParityCase } from "../parity_case.ts";

/** Every tensor of a model folder, by its sum and length. */
export const pipeline: ParityCase = async ({ folder, config }) => {
  const model = await loadStableDiffusion(folder);
  const { alphasCumprod } = createNoiseSchedule(model.scheduler);
  const components: Record<string, Params> = {
    unet: model.unet.params,
    vae: model.vae.params,
    text_encoder: model.textEncoder.params,
  };
  const outputs: Outputs = {
    alphas_cumprod: { shape: [alphasCumprod.length], data: alphasCumprod },
  };
  for (const [component, params] of Object.entries(components)) {
    const { float_tensor_names: names } = config.components[component];
    const values = (names as string[]).map((name) => [...params[name].dataSync()]);
    const sums = values.map((data) => data.reduce((sum, value) => sum + value, 0));
    outputs[`${component}/param_sum`] = { shape: [values.length], data: sums };
    outputs[`${component}/param_l2`] = {
      shape: [values.length],
      data: values.map((data) => Math.hypot(...data)),
    };
  }
  return outputs;
};
