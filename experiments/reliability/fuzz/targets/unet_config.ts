import { unetConfigSchema, unetSpecs } from "specialist/models/unet/mod.ts";
import { stableDiffusionV1 } from "specialist/models/stable_diffusion/mod.ts";
import { networkConfigTarget } from "../network_config.ts";
import { requireThat } from "../require_that.ts";
import { unetConfig } from "../small_networks.ts";

export const target = networkConfigTarget("U-Net configurations", {
  schema: unetConfigSchema,
  seeds: [
    { _class_name: "UNet2DConditionModel", ...stableDiffusionV1.unet },
    { ...unetConfig, attention_head_dim: [2, 2], mid_block_scale_factor: 1 },
  ],
  specs: unetSpecs,
  check({ block_out_channels: widths, attention_head_dim: heads, norm_num_groups: groups }) {
    for (const [level, width] of widths.entries()) {
      const count = Array.isArray(heads) ? heads[level] : heads;
      requireThat(width % count === 0, `${width} channels have ${count} heads`);
      requireThat(width % groups === 0, `${width} channels have ${groups} groups`);
    }
  },
});
