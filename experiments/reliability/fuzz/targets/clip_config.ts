import { clipConfigSchema, clipSpecs } from "specialist/models/clip/mod.ts";
import { networkConfigTarget } from "../network_config.ts";
import { requireThat } from "../require_that.ts";
import { clipConfig } from "../small_networks.ts";

export const target = networkConfigTarget("CLIP configurations", {
  schema: clipConfigSchema,
  seeds: [
    { architectures: ["CLIPModel"], model_type: "clip", ...clipConfig },
    { ...clipConfig, logit_scale_init_value: 2.5, _note: "ours" },
  ],
  specs: clipSpecs,
  check({ text_config, vision_config }) {
    for (const { hidden_size: width, num_attention_heads: heads } of [text_config, vision_config]) {
      requireThat(width % heads === 0, `a width of ${width} has ${heads} heads`);
    }
  },
});
