import { convSpecs, linearSpecs, normSpecs, type ParameterSpecs } from "../parameters.ts";
import { resnetBlockSpecs } from "../resnet_block.ts";
import type { UnetConfig } from "./config.ts";
import { transformerSpecs } from "./transformer.ts";

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
