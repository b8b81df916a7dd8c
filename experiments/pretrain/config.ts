import { z } from "zod";
import { belowRuns, type Placed, updateField } from "specialist/internal/cli/results.ts";
import { clipConfigSchema, unetConfigSchema, vaeConfigSchema } from "specialist/models";
import { trainingSchema } from "specialist/training";

const cosine = { schedule: "cosine", floor: 0.02 } as const;
/** How the autoencoder is trained, whole or its decoder. */
const onPixels = {
  adamW: { weightDecay: 0 },
  maxGradNorm: 1,
  ema: { decay: 0.998 },
  precision: "bfloat16",
} as const;
const tower = {
  hidden_size: 128,
  intermediate_size: 512,
  num_hidden_layers: 4,
  num_attention_heads: 4,
};

/** The text towers of the guide and of the pipeline: both of one shape. */
const textTower = { ...tower, num_hidden_layers: 3, max_position_embeddings: 24 };

/** How the guide is trained. */
export const guideTrainingSchema = z.strictObject({
  training: trainingSchema,
  smallestCrop: z.number().min(0.2).max(1).describe("Smallest side of a random crop, as a share"),
  largestCrop: z.number().min(1).max(2).default(1.4).describe(
    "Largest side of a random crop; above 1 the image shrinks, with white around it",
  ),
  filteredShare: z.number().min(0).max(1).default(0.6).describe(
    "Share of drawings in styles made by image processing",
  ),
  recolour: z.number().min(0).max(1).describe("Probability that an image's colours are changed"),
});

/** The base model: every size and every setting of its training. */
export const pretrainSchema = z.strictObject({
  seed: z.int().min(0).default(0).describe("Seed of every random draw"),
  stages: z.array(z.enum(["autoencoder", "decoder", "guide", "denoiser"])).min(1).optional()
    .describe(
      "What to train, and nothing else; several processes may share the work. By default autoencoder, " +
        "guide and denoiser, or, of the model in `from`, guide and denoiser",
    ),
  concepts: z.int().min(8).optional().describe(
    "Number of concepts to train on, for a quick trial; all by default",
  ),
  vocabulary: z.int().min(514).default(3000).describe("Tokens in the vocabulary"),
  output: z.string().default(belowRuns("data/models/emoji-base")).describe(
    "Folder the model is written to",
  ),
  ...updateField,
  writeEvery: z.int().positive().default(2000).describe(
    "Steps of the denoiser between saves of the model's folder",
  ),
  from: z.string().optional().describe(
    "Model folder to continue training: its encoder is frozen, the stages are trained further",
  ),
  autoencoder: z.string().optional().describe(
    "Folder of a finished autoencoder to use in place of that of the model in `from`",
  ),
  vae: z.strictObject({
    model: vaeConfigSchema.prefault({
      block_out_channels: [24, 48, 96],
      norm_num_groups: 8,
      sample_size: 64,
    }),
    training: trainingSchema.prefault({
      steps: 3500,
      batchSize: 12,
      learningRate: { peak: 1.5e-3, warmup: 100, ...cosine },
      ...onPixels,
    }),
    klWeight: z.number().min(0).default(1e-4).describe("Weight of the mean KL divergence"),
    latentNoise: z.number().min(0).max(1).default(0.3).describe(
      "Maximum noise added to the latents that the decoder is trained on, as a share of their standard deviation",
    ),
    edgeWeight: z.number().min(0).default(0.5).describe("Weight of the pixel differences' error"),
  }).prefault({}),
  decoder: z.strictObject({
    training: trainingSchema.prefault({
      steps: 6000,
      batchSize: 16,
      learningRate: { peak: 1e-3, warmup: 100, ...cosine },
      ...onPixels,
    }),
  }).prefault({}).describe("Further training of the decoder, with the autoencoder's loss"),
  clip: z.strictObject({
    model: clipConfigSchema.prefault({
      projection_dim: 128,
      text_config: { ...textTower, vocab_size: 1 },
      vision_config: { ...tower, image_size: 64, patch_size: 8 },
    }).describe("The guide's networks; the vocabulary size is filled in"),
    guide: guideTrainingSchema.prefault({
      training: {
        steps: 1800,
        batchSize: 128,
        learningRate: { peak: 1e-3, warmup: 100, ...cosine },
        adamW: { weightDecay: 0.05, beta2: 0.98 },
        ema: { decay: 0.995 },
        maxGradNorm: 1,
        precision: "bfloat16",
      },
      smallestCrop: 0.75,
      recolour: 0.4,
    }),
  }).prefault({}),
  denoiser: z.strictObject({
    unet: unetConfigSchema.prefault({
      sample_size: 16,
      block_out_channels: [80, 144],
      down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
      up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
      layers_per_block: 1,
      attention_head_dim: 4,
      cross_attention_dim: textTower.hidden_size,
      norm_num_groups: 16,
    }),
    training: trainingSchema.prefault({
      steps: 16_000,
      batchSize: 32,
      learningRate: { peak: 6e-4, warmup: 500, ...cosine },
      adamW: { weightDecay: 0.01 },
      maxGradNorm: 1,
      ema: { decay: 0.9995 },
      precision: "bfloat16",
      checkpointEvery: 1000,
    }),
    newWeights: z.boolean().default(false).describe(
      "Whether to start from new weights, and the text encoder from the guide's, in place of those of " +
        "the model in `from`",
    ),
    forgetTransforms: z.boolean().default(false).describe(
      "Whether the words of the method's transforms get new vectors first, so that the model no longer " +
        "knows what they mean",
    ),
    minSnrGamma: z.number().positive().default(5).describe("γ of the min-SNR weighting"),
    captionDropout: z.number().min(0).max(1).default(0.1).describe(
      "Share of empty captions, for classifier-free guidance",
    ),
    variants: z.int().min(1).max(8).default(2).describe(
      "Filtered images of each drawing that are encoded, and as many transformed ones",
    ),
    filteredShare: z.number().min(0).max(0.5).default(0.08).describe(
      "Share of drawings in styles made by image processing",
    ),
    transformedShare: z.number().min(0).max(0.5).default(0).describe(
      "Share of drawings transformed as the method's augmentation does, and captioned so; with any, " +
        "the base knows the transformations' words before a method teaches them",
    ),
    plainCaptions: z.number().min(0).max(1).default(0.1).describe(
      "Share of captions without style",
    ),
  }).prefault({}),
});

export type PretrainConfig = Placed<z.infer<typeof pretrainSchema>>;

type Stage = NonNullable<PretrainConfig["stages"]>[number];

/** What is trained: what was asked for, or all that a model needs. */
export function stagesOf({ stages, from }: Pick<PretrainConfig, "stages" | "from">): Stage[] {
  return stages ?? (from ? ["guide", "denoiser"] : ["autoencoder", "guide", "denoiser"]);
}
