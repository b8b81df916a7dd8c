/** The denoiser: `UNet2DConditionModel` (Rombach et al. 2022), as configured in Stable Diffusion 1 and 2. */
import { inShards, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { silu } from "../activations.ts";
import { downsampleConv, normSiluConv, resnetBlock, upsampleConv } from "../blocks.ts";
import { checkpointed } from "../gradient_checkpointing.ts";
import { block, conv, type Layer, linear, type ParameterSpecs, type Params } from "../layers.ts";
import { headsOfLevels, type UnetConfig } from "./config.ts";
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
  const network = unetOf(config);
  return inShards((x, t, context) => network(params, x, t, context), latents, timesteps, context);
}

/** Every parameter of the U-Net. */
export function unetSpecs(config: UnetConfig): ParameterSpecs {
  return unetOf(config).specs;
}

/** The U: levels down, the middle, and levels up, each of which also sees what its mirror image saw. */
const unetOf = memoized((config: UnetConfig) => {
  const { block_out_channels: widths, norm_num_groups: groups, norm_eps: eps } = config;
  const levels = widths.map((_, level) => level), top = widths.at(-1)!;

  const convIn = conv("conv_in", config.in_channels, widths[0], 3);
  const embedTime = timeEmbedding("time_embedding", widths[0], timeWidth(config));
  const down = levels.map((level) => downLevel(config, level));
  const middle = [
    unetLayer(config, "mid_block", 0, [top, top], headsOfLevels(config).at(-1)),
    unetLayer(config, "mid_block", 1, [top, top]),
  ];
  const up = levels.toReversed().map((level) => upLevel(config, level));
  const last = { groups, eps, init: "zeros" } as const;
  const out = normSiluConv(["conv_norm_out", "conv_out"], widths[0], config.out_channels, last);

  return block(
    [convIn, embedTime, down, middle, up, out],
    (params, latents: Tensor, timesteps: Tensor, context: Tensor) => {
      const time = embedTime(params, timesteps); // [n, 4 · width]
      let x = convIn(params, latents); // [n, h, w, width]
      const skips = [x];
      for (const level of down) x = level(params, x, skips, time, context);
      for (const layer of middle) x = layer(params, x, time, context);
      for (const level of up) x = level(params, x, skips, time, context);
      return out(params, x);
    },
  );
});

/** A level of the U. It leaves skip connections on the way down, and takes them on the way up. */
type Level = Layer<[x: Tensor, skips: Tensor[], time: Tensor, context: Tensor]>;

/** [n, h, w, channels of the level before] → [n, h / 2, w / 2, channels]; the last level halves nothing. */
function downLevel(config: UnetConfig, level: number): Level {
  const { block_out_channels: widths, layers_per_block, down_block_types: types } = config;
  const name = `down_blocks.${level}`, width = widths[level];
  const heads = types[level] === "CrossAttnDownBlock2D" ? headsOfLevels(config)[level] : undefined;
  const layers = Array.from({ length: layers_per_block }, (_, i) => {
    const inputs = i === 0 ? widthBefore(config, level) : width;
    return unetLayer(config, name, i, [inputs, width], heads);
  });
  const halve = level < widths.length - 1
    ? downsampleConv(`${name}.downsamplers.0.conv`, width, [1, 1])
    : undefined;
  return block([layers, halve], (params, x, skips, time, context) => {
    for (const layer of layers) skips.push(x = layer(params, x, time, context));
    if (halve) skips.push(x = halve(params, x));
    return x;
  });
}

/** [n, h, w, channels of the level below] → [n, 2h, 2w, channels]; the first level doubles nothing. */
function upLevel(config: UnetConfig, level: number): Level {
  const { block_out_channels: widths, layers_per_block, up_block_types: types } = config;
  const last = widths.length - 1, place = last - level;
  const name = `up_blocks.${place}`, width = widths[level];
  const heads = types[place] === "CrossAttnUpBlock2D" ? headsOfLevels(config)[level] : undefined;
  const layers = Array.from({ length: layers_per_block + 1 }, (_, i) => {
    const inputs = i === 0 ? widths[Math.min(last, level + 1)] : width;
    // Last comes what entered the level on the way down.
    const skip = i < layers_per_block ? width : widthBefore(config, level);
    return unetLayer(config, name, i, [inputs + skip, width], heads);
  });
  const double = level > 0 ? upsampleConv(`${name}.upsamplers.0.conv`, width) : undefined;
  return block([layers, double], (params, x, skips, time, context) => {
    for (const layer of layers) x = layer(params, tf.concat([x, skips.pop()!], 3), time, context);
    if (!double) return x;
    const [, h, w] = skips.at(-1)!.shape;
    return double(params, x, [h, w]);
  });
}

/** The channels that enter a level on the way down. */
function widthBefore({ block_out_channels: widths }: UnetConfig, level: number): number {
  return widths[Math.max(0, level - 1)];
}

/**
 * The i-th residual block of the block `name` and, given `heads`, a transformer that looks at the text.
 *
 * @returns x [n, h, w, in], time [n, 4 · width], context [n, length, d] → [n, h, w, out]
 */
function unetLayer(
  config: UnetConfig,
  name: string,
  i: number,
  [inputs, outputs]: [inputs: number, outputs: number],
  heads?: number,
): Layer<[x: Tensor, time: Tensor, context: Tensor]> {
  const options = {
    groups: config.norm_num_groups,
    eps: config.norm_eps,
    timeWidth: timeWidth(config),
  };
  const [resnetName, textName] = [`${name}.resnets.${i}`, `${name}.attentions.${i}`];
  const resnet = resnetBlock(resnetName, inputs, outputs, options);
  const text = heads ? transformer(textName, outputs, heads, config) : undefined;
  return block([resnet, text], (params, x, time, context) => {
    const h = checkpointed(params, resnetName, resnet, [x, time]);
    return text ? checkpointed(params, textName, text, [h, context]) : h;
  });
}

function timeWidth({ block_out_channels: [width] }: UnetConfig): number {
  return 4 * width;
}

/** Timesteps [n] → SiLU of their embedding, as every residual block uses it: [n, outputs]. */
function timeEmbedding(name: string, width: number, outputs: number): Layer<[timesteps: Tensor]> {
  const first = linear(`${name}.linear_1`, width, outputs);
  const second = linear(`${name}.linear_2`, outputs, outputs);
  return block(
    [first, second],
    (params, timesteps) => silu(second(params, silu(first(params, sinusoids(timesteps, width))))),
  );
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
