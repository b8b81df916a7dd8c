import { join } from "node:path";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, unet as denoise } from "specialist/models";
import { valueAndGradients } from "specialist/training";
import { outputOf, tensorOf } from "../../tensors.ts";
import { channelsFirstOutput, channelsLastTensor, parameterOutput } from "../fixture.ts";
import type { Outputs, ParityCase } from "../parity_case.ts";

/** Predictions at even and odd sizes, and the loss's gradient for every parameter. */
export const unet: ParityCase = async ({ folder, config, inputs, expected }) => {
  const { unet: model } = await loadStableDiffusion(join(folder, config.model_dir, ".."));
  const sample = channelsLastTensor(inputs.sample), target = channelsLastTensor(inputs.target);
  const timesteps = tensorOf(inputs.timesteps), context = tensorOf(inputs.context);
  const first = tf.slice(timesteps, [0], [1]);
  const predict = (x: Tensor, timesteps: Tensor, context: Tensor) =>
    denoise(model.params, model.config, x, timesteps, context);

  const { value: loss, gradients } = valueAndGradients(
    ({ sample, context, ...params }) =>
      tf.mean(tf.squaredDifference(
        denoise(params, model.config, sample, timesteps, context),
        target,
      )),
    { ...model.params, sample, context },
  );
  const norms = (config.param_names as string[]).map((name) =>
    Math.hypot(...gradients[name].dataSync())
  );
  const outputs: Outputs = {
    eps: channelsFirstOutput(predict(sample, timesteps, context)),
    eps_scalar_t: channelsFirstOutput(predict(sample, tf.tile(first, timesteps.shape), context)),
    eps_odd: channelsFirstOutput(
      predict(
        channelsLastTensor(inputs.sample_odd),
        first,
        tf.slice(context, [0, 0, 0], [1, ...context.shape.slice(1)]),
      ),
    ),
    loss: outputOf(loss),
    grad_norm_per_param: { shape: [norms.length], data: norms },
    grad_norm_total: { shape: [1], data: [Math.hypot(...norms)] },
  };
  for (const { output } of expected) {
    const name = /^grad(?:_cross_kv)?\/(.+)$/.exec(output)?.[1];
    if (name) outputs[output] = parameterOutput(gradients[name]);
  }
  outputs["grad/sample"] = channelsFirstOutput(gradients.sample);
  return outputs;
};
