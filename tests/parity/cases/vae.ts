import { join } from "node:path";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { decode, encode, loadStableDiffusion, samplePosterior } from "specialist/models";
import { channelsFirstOutput, channelsLastTensor } from "../fixture.ts";
import type { ParityCase } from "../parity_case.ts";

/** Images to latents and back, and the decoder's gradient. */
export const vae: ParityCase = async ({ folder, config, inputs }) => {
  const { vae: { params, config: vaeConfig } } = await loadStableDiffusion(
    join(folder, config.model_dir, ".."),
  );
  const draw = (latents: Tensor) => decode(params, vaeConfig, latents);
  const posterior = encode(params, vaeConfig, channelsLastTensor(inputs.image));
  const odd = encode(params, vaeConfig, channelsLastTensor(inputs.image_odd));
  const sample = samplePosterior(posterior, channelsLastTensor(inputs.posterior_noise));
  const latent = channelsLastTensor(inputs.latent);
  const tensors = {
    "encode/mean": posterior.mean,
    "encode/logvar": posterior.logvar,
    "encode/std": tf.exp(tf.mul(posterior.logvar, 0.5)),
    "encode/sample": sample,
    "encode/scaled_sample": tf.mul(sample, vaeConfig.scaling_factor),
    "encode_odd/mean": odd.mean,
    "encode_odd/logvar": odd.logvar,
    "decode/image": draw(latent),
    "decode_scaled/image": draw(tf.div(latent, vaeConfig.scaling_factor)),
    "decode/grad_latent": tf.grad((x: Tensor) => tf.mean(tf.square(draw(x))))(latent),
  };
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, channelsFirstOutput(tensor)]),
  );
};
