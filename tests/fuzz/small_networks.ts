/** Networks with few parameters, and a tokenizer with few words. */
import { createRandom } from "specialist/data";
import {
  clipConfigSchema,
  clipTextConfigSchema,
  clipTextSpecs,
  createStableDiffusion,
  type StableDiffusion,
  stableDiffusionV1Scheduler,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
} from "specialist/models";
import { initParams } from "specialist/models/files/parameters.ts";
import { trainBpe } from "specialist/models/tokenizer/bpe.ts";
import { createTokenizer } from "specialist/models/tokenizer/clip_tokenizer.ts";

const width = 4;
const tower = {
  hidden_size: width,
  intermediate_size: width,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

export const tokenizer = createTokenizer({
  ...trainBpe(["a red apple", "a green apple"], 520),
  maxLength: 16,
}).addToken("<style-token>");

export const textConfig = clipTextConfigSchema.parse({
  ...tower,
  vocab_size: tokenizer.vocabSize,
  max_position_embeddings: 16,
  eos_token_id: tokenizer.eosId,
});

export const clipConfig = clipConfigSchema.parse({
  projection_dim: width,
  text_config: textConfig,
  vision_config: { ...tower, image_size: 16, patch_size: 8 },
});

export const unetConfig = unetConfigSchema.parse({
  sample_size: 8,
  block_out_channels: [width, width],
  down_block_types: ["CrossAttnDownBlock2D", "DownBlock2D"],
  up_block_types: ["UpBlock2D", "CrossAttnUpBlock2D"],
  layers_per_block: 1,
  attention_head_dim: 2,
  cross_attention_dim: width,
  norm_num_groups: 2,
});

export const vaeConfig = vaeConfigSchema.parse({
  block_out_channels: [width, width],
  norm_num_groups: 2,
  sample_size: 16,
});

/** With new weights. */
export function smallModel(): StableDiffusion {
  const random = createRandom("small networks");
  return createStableDiffusion({
    tokenizer,
    scheduler: stableDiffusionV1Scheduler,
    textEncoder: { config: textConfig, params: initParams(clipTextSpecs(textConfig), random) },
    unet: { config: unetConfig, params: initParams(unetSpecs(unetConfig), random) },
    vae: { config: vaeConfig, params: initParams(vaeSpecs(vaeConfig), random) },
  });
}
