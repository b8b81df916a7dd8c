/** What is killed: runs of seconds, each in the working directory of its process. */
import { loadBaseData } from "experiments/pretrain/base_data.ts";
import { pretrainSchema } from "experiments/pretrain/config.ts";
import { runPretrain } from "experiments/pretrain/pretrain.ts";
import { runTrain } from "experiments/train/train.ts";
import { trainSchema } from "specialist";
import type { WorkName } from "./report.ts";

/** Sizes of a piece of work. */
export type WorkOptions = { model: string; steps: number };

const tower = {
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

/** Steps from one checkpoint to the next. */
const checkpointEvery = 3;

/** A checkpoint is left one step before the end, whose weights are in full precision. */
const trainingOf = (steps: number) => ({
  steps: steps + 1,
  batchSize: 2,
  checkpointEvery,
  ema: { decay: 0.9 },
});

const works: Record<WorkName, (options: WorkOptions) => Promise<unknown>> = {
  adapt: ({ model, steps }) =>
    runTrain(trainSchema.parse({
      model,
      method: { method: "specialist", contentLoss: { steps: 4 } },
      training: trainingOf(steps),
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 8, every: 10, curveConcepts: 2 },
      validation: { every: 4, prompts: ["a castle"] },
    })),
  pretrain: ({ steps }) => {
    const clip = { training: trainingOf(steps), smallestCrop: 0.75, recolour: 0.5 };
    const config = pretrainSchema.parse({
      output: "model",
      vocabulary: 520,
      vae: {
        model: { block_out_channels: [4, 8, 8], norm_num_groups: 4, sample_size: 64 },
        training: trainingOf(steps),
      },
      clip: {
        model: {
          projection_dim: 16,
          text_config: { ...tower, max_position_embeddings: 16, vocab_size: 1 },
          vision_config: { ...tower, image_size: 64, patch_size: 16 },
        },
        guide: clip,
      },
      denoiser: {
        unet: {
          sample_size: 16,
          block_out_channels: [8, 8],
          down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
          up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
          layers_per_block: 1,
          attention_head_dim: 2,
          cross_attention_dim: 16,
          norm_num_groups: 4,
        },
        training: trainingOf(steps),
      },
    });
    return runPretrain(config, undefined, async () => {
      const { drawings, emoji } = await loadBaseData();
      return { emoji, drawings: drawings.filter((_, i) => i % 300 === 0) };
    });
  },
};

// A piece of work in a process of its own, which may be killed at any moment.

if (import.meta.main) {
  const [name, options] = Deno.args;
  await works[name as WorkName](JSON.parse(options));
}
