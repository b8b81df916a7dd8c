import { stableDiffusionV1 } from "specialist/models/stable_diffusion/mod.ts";
import { vaeConfigSchema, vaeSpecs } from "specialist/models/vae/mod.ts";
import { networkConfigTarget } from "../network_config.ts";
import { requireThat } from "../require_that.ts";
import { vaeConfig } from "../small_networks.ts";

export const target = networkConfigTarget("autoencoder configurations", {
  schema: vaeConfigSchema,
  seeds: [
    { _class_name: "AutoencoderKL", force_upcast: true, ...stableDiffusionV1.vae },
    { ...vaeConfig, down_block_types: ["DownEncoderBlock2D", "DownEncoderBlock2D"] },
  ],
  specs: vaeSpecs,
  check({ block_out_channels: widths, norm_num_groups: groups }) {
    for (const width of widths) {
      requireThat(width % groups === 0, `${width} channels have ${groups} groups`);
    }
  },
});
