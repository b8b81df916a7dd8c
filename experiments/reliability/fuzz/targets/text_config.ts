import { clipTextConfigSchema, clipTextSpecs } from "specialist/models/clip/mod.ts";
import { stableDiffusionV1 } from "specialist/models/stable_diffusion/mod.ts";
import { networkConfigTarget } from "../network_config.ts";
import { requireThat } from "../require_that.ts";
import { textConfig } from "../small_networks.ts";

export const target = networkConfigTarget("text encoder configurations", {
  schema: clipTextConfigSchema,
  seeds: [
    { architectures: ["CLIPTextModel"], ...stableDiffusionV1.textEncoder },
    { ...textConfig, hidden_act: "gelu", model_type: "clip_text_model" },
  ],
  specs: clipTextSpecs,
  check({ hidden_size: width, num_attention_heads: heads }) {
    requireThat(width % heads === 0, `a width of ${width} has ${heads} heads`);
  },
});
