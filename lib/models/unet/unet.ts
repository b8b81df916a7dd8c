/** The denoiser: `UNet2DConditionModel` (Rombach et al. 2022), as configured in Stable Diffusion 1 and 2. */
import { inShards, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { resnetBlock, resnetBlockSpecs, upsampleConv } from "../blocks.ts";
import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "../files/parameters.ts";
import { checkpointed } from "../gradient_checkpointing.ts";
import { conv, linear, type Params, silu } from "../layers.ts";
import { groupNorm } from "../norm.ts";
import { headsOfLevels, type UnetConfig } from "./config.ts";
import { transformer, transformerSpecs } from "./transformer.ts";

/**
 * What the model was trained to predict (noise or velocity) in noisy latents.
 *
 * @param latents [n, h, w, in_channels], scaled
 * @param timesteps int32 or float32 [n]
 * @param context the text encoder's states, [n, length, cross_attention_dim]
 * @returns [n, h, w, out_channels]
 */
export function unet(
  params: Params,
  config: UnetConfig,
  latents: Tensor,
  timesteps: Tensor,
  context: Tensor,
): Tensor {
  const predict = (latents: Tensor, timesteps: Tensor, context: Tensor) =>
    predictShare(params, config, latents, timesteps, context);
  return inShards(predict, latents, timesteps, context);
}

function predictShare(
  params: Params,
  config: UnetConfig,
  latents: Tensor,
  timesteps: Tensor,
  context: Tensor,
): Tensor {
  const groups = config.norm_num_groups, eps = config.norm_eps;
  const heads = headsOfLevels(config);
  const levels = config.block_out_channels.length;
  const sinusoid = sinusoids(timesteps, config.block_out_channels[0]);
  const time = silu(linear(
    params,
    "time_embedding.linear_2",
    silu(linear(params, "time_embedding.linear_1", sinusoid)),
  )); // [n, 4 · width], as every residual block uses it
  const resnet = (name: string, x: Tensor) =>
    checkpointed(
      params,
      name,
      (params, x, time) => resnetBlock(params, name, x, { groups, eps }, time),
      [x, time],
    );
  const attend = (name: string, x: Tensor, heads: number) =>
    checkpointed(
      params,
      name,
      (params, x, context) => transformer(params, name, x, context, { groups, heads }),
      [x, context],
    );

  let x = conv(params, "conv_in", latents);
  const skips = [x];
  config.down_block_types.forEach((type, level) => {
    const block = `down_blocks.${level}`;
    for (let i = 0; i < config.layers_per_block; i++) {
      x = resnet(`${block}.resnets.${i}`, x);
      if (type === "CrossAttnDownBlock2D") {
        x = attend(`${block}.attentions.${i}`, x, heads[level]);
      }
      skips.push(x);
    }
    if (level < levels - 1) {
      x = downsample(params, `${block}.downsamplers.0.conv`, x);
      skips.push(x);
    }
  });

  x = resnet("mid_block.resnets.0", x);
  x = attend("mid_block.attentions.0", x, heads[levels - 1]);
  x = resnet("mid_block.resnets.1", x);

  config.up_block_types.forEach((type, level) => {
    const block = `up_blocks.${level}`;
    for (let i = 0; i < config.layers_per_block + 1; i++) {
      x = resnet(`${block}.resnets.${i}`, tf.concat([x, skips.pop()!], 3));
      if (type === "CrossAttnUpBlock2D") {
        x = attend(`${block}.attentions.${i}`, x, heads[levels - 1 - level]);
      }
    }
    if (level < levels - 1) {
      const [, h, w] = skips.at(-1)!.shape;
      x = upsampleConv(params, `${block}.upsamplers.0.conv`, x, [h, w]);
    }
  });
  return conv(params, "conv_out", silu(groupNorm(params, "conv_norm_out", x, { groups, eps })));
}

/** Convolution of stride 2 over one pixel of padding on every side. */
function downsample(params: Params, name: string, x: Tensor): Tensor {
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  return conv(params, name, padded, { stride: 2, padding: "valid" });
}

/**
 * Sinusoids of the timestep (Ho et al. 2020, appendix B): [cos(t f), sin(t f)] with
 * fᵢ = 10000^(−i / half).
 *
 * @param timesteps int32 or float32 [n]
 * @returns [n, width]
 */
function sinusoids(timesteps: Tensor, width: number): Tensor {
  const half = width / 2;
  const frequencies = tf.tensor1d(
    Array.from({ length: half }, (_, i) => Math.exp(-Math.log(10000) * i / half)),
  );
  const angles = tf.mul(
    tf.reshape(tf.cast(timesteps, "float32"), [-1, 1]),
    tf.reshape(frequencies, [1, half]),
  ); // [n, half]
  return tf.concat([tf.cos(angles), tf.sin(angles)], 1);
}

/** Every parameter of the U-Net. */
export function unetSpecs(config: UnetConfig): ParameterSpecs {
  const { block_out_channels: widths, layers_per_block: layers } = config;
  const timeWidth = 4 * widths[0];
  const last = widths.length - 1;
  const resnet = (name: string, inputs: number, outputs: number) =>
    resnetBlockSpecs(name, inputs, outputs, timeWidth);
  const attend = (name: string, width: number) => transformerSpecs(name, width, config);

  const specs: ParameterSpecs = {
    ...convSpecs("conv_in", config.in_channels, widths[0], 3),
    ...linearSpecs("time_embedding.linear_1", widths[0], timeWidth),
    ...linearSpecs("time_embedding.linear_2", timeWidth, timeWidth),
  };
  const skips = [widths[0]];
  widths.forEach((width, level) => {
    const block = `down_blocks.${level}`;
    for (let i = 0; i < layers; i++) {
      const inputs = i === 0 ? widths[Math.max(0, level - 1)] : width;
      Object.assign(specs, resnet(`${block}.resnets.${i}`, inputs, width));
      if (config.down_block_types[level] === "CrossAttnDownBlock2D") {
        Object.assign(specs, attend(`${block}.attentions.${i}`, width));
      }
      skips.push(width);
    }
    if (level < last) {
      Object.assign(specs, convSpecs(`${block}.downsamplers.0.conv`, width, width, 3));
      skips.push(width);
    }
  });
  Object.assign(
    specs,
    resnet("mid_block.resnets.0", widths[last], widths[last]),
    attend("mid_block.attentions.0", widths[last]),
    resnet("mid_block.resnets.1", widths[last], widths[last]),
  );
  let inputs = widths[last];
  widths.toReversed().forEach((width, level) => {
    const block = `up_blocks.${level}`;
    for (let i = 0; i < layers + 1; i++) {
      Object.assign(specs, resnet(`${block}.resnets.${i}`, inputs + skips.pop()!, width));
      if (config.up_block_types[level] === "CrossAttnUpBlock2D") {
        Object.assign(specs, attend(`${block}.attentions.${i}`, width));
      }
      inputs = width;
    }
    if (level < last) {
      Object.assign(specs, convSpecs(`${block}.upsamplers.0.conv`, width, width, 3));
    }
  });
  return {
    ...specs,
    ...normSpecs("conv_norm_out", widths[0]),
    ...convSpecs("conv_out", widths[0], config.out_channels, 3, { init: "zeros" }),
  };
}
