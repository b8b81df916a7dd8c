/** A base model as small as can be, with random weights: for runs from end to end. */
import { join } from "node:path";
import type { z } from "zod";
import { clipPreprocessorSchema, createRandom } from "specialist/data";
import {
  clipConfigSchema,
  clipSpecs,
  clipTextConfigSchema,
  clipTextSpecs,
  contentJudgeSpecs,
  imageTowerSchema,
  imageTowerSpecs,
  saveClip,
  saveJudges,
  saveStableDiffusion,
  stableDiffusionV1 as stableDiffusionV1Architecture,
  stableDiffusionV1Scheduler,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
} from "specialist/models";
import { initParams } from "specialist/models/files/parameters.ts";
import { trainBpe } from "specialist/models/tokenizer/bpe.ts";
import { createTokenizer } from "specialist/models/tokenizer/clip_tokenizer.ts";

const width = 16;
const tower = {
  hidden_size: width,
  intermediate_size: 2 * width,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

/** How the networks of a model are built. */
type Architecture = {
  unet: z.input<typeof unetConfigSchema>;
  vae: z.input<typeof vaeConfigSchema>;
  /** Tokens of a caption. */
  textLength: number;
};

const smallestUnet = {
  sample_size: 8,
  block_out_channels: [8, 16],
  down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
  up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
  layers_per_block: 1,
  attention_head_dim: 2,
  cross_attention_dim: width,
  norm_num_groups: 4,
} satisfies Architecture["unet"];

const smallest: Architecture = {
  unet: smallestUnet,
  vae: { block_out_channels: [8, 16], norm_num_groups: 4, sample_size: 16 },
  textLength: 16,
};

/** Stable Diffusion v1's networks, block for block, with few channels. Images are 128 pixels wide. */
export const stableDiffusionV1Blocks: Architecture = {
  unet: {
    ...stableDiffusionV1Architecture.unet,
    sample_size: 16,
    block_out_channels: [8, 8, 16, 16],
    cross_attention_dim: width,
    norm_num_groups: 4,
  },
  vae: {
    block_out_channels: [8, 8, 16, 16],
    layers_per_block: 2,
    norm_num_groups: 4,
    sample_size: 128,
  },
  textLength: 77,
};

/** Settings of `pretrain` for a base model as small, each stage trained alike. Images are 64 pixels wide. */
export function tinyPretraining<T>(training: T) {
  const clip = { training, smallestCrop: 0.75, recolour: 0.5 };
  return {
    vocabulary: 514,
    vae: {
      model: { block_out_channels: [4, 8, 8], norm_num_groups: 4, sample_size: 64 },
      training,
    },
    clip: {
      model: {
        projection_dim: width,
        text_config: { ...tower, max_position_embeddings: 24, vocab_size: 1 },
        vision_config: { ...tower, image_size: 64, patch_size: 16 },
      },
      guide: clip,
    },
    denoiser: {
      unet: { ...smallestUnet, sample_size: 16, block_out_channels: [8, 8] },
      training,
    },
  };
}

/** Writes pipeline, guide and judges into `folder`, like a base model's. */
export async function writeTinyModel(
  folder: string,
  { unet: unetConfig, vae: vaeConfig, textLength }: Architecture = smallest,
): Promise<void> {
  const random = createRandom("tiny model");
  const tokenizer = createTokenizer({ ...trainBpe(["a red apple"], 600), maxLength: textLength });
  const text = clipTextConfigSchema.parse({
    ...tower,
    vocab_size: tokenizer.vocabSize,
    max_position_embeddings: textLength,
    eos_token_id: tokenizer.eosId,
  });
  const vae = vaeConfigSchema.parse(vaeConfig);
  const unet = unetConfigSchema.parse(unetConfig);
  await saveStableDiffusion(folder, {
    tokenizer,
    scheduler: stableDiffusionV1Scheduler,
    textEncoder: { config: text, params: initParams(clipTextSpecs(text), random) },
    unet: { config: unet, params: initParams(unetSpecs(unet), random) },
    vae: { config: vae, params: initParams(vaeSpecs(vae), random) },
  }, { dtype: "F32" });
  const clip = clipConfigSchema.parse({
    projection_dim: width,
    text_config: text,
    vision_config: { ...tower, image_size: 16, patch_size: 8 },
  });
  await saveClip(join(folder, "guide"), {
    config: clip,
    tokenizer,
    preprocessor: clipPreprocessorSchema.parse({ size: 16, crop_size: 16 }),
    params: initParams(clipSpecs(clip), random.fork("guide")),
  }, { dtype: "F32" });
  const towerOf = (pooling: "layout" | "statistics") =>
    imageTowerSchema.parse({
      image_size: 16,
      stem_channels: 8,
      block_out_channels: [8, width],
      norm_num_groups: 4,
      pooling,
      projection_dim: 6,
    });
  const content = { image_config: towerOf("layout"), text_config: text };
  const style = { image_config: towerOf("statistics") };
  const init = random.fork("judge");
  await saveJudges(join(folder, "judge"), {
    content: {
      config: content,
      tokenizer,
      params: initParams(contentJudgeSpecs(content), init.fork("content")),
    },
    style: {
      config: style,
      params: initParams(imageTowerSpecs(style.image_config), init.fork("style")),
    },
  });
}
