/** The denoiser: `UNet2DConditionModel` (Rombach et al. 2022), as configured in Stable Diffusion 1 and 2. */
import { checkpointed, conv, groupNorm, linear, type Params, silu } from "../../nn/mod.ts";
import { inShards, type Tensor, tf } from "../../tensorflow/mod.ts";
import { resnetBlock } from "../resnet_block.ts";
import { upsampleConv } from "../upsample_conv.ts";
import { headsOfLevels, type UnetConfig } from "./config.ts";
import { sinusoids } from "./time_embedding.ts";
import { transformer } from "./transformer.ts";

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
