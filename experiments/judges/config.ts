import { z } from "zod";
import { belowRuns, type Placed, updateField } from "specialist/internal/cli/results.ts";
import { imageTowerSchema } from "specialist/models";
import { trainingSchema } from "specialist/training";

const training = {
  batchSize: 128,
  learningRate: { peak: 2e-3, warmup: 50, schedule: "cosine", floor: 0.02 },
  adamW: { weightDecay: 0.05 },
  ema: { decay: 0.995 },
  maxGradNorm: 1,
  precision: "bfloat16",
  checkpointEvery: 100,
} as const;

const decodedShare = z.number().min(0).max(1).default(0.5).describe(
  "Share of drawings shown as the autoencoder gives them back, as all that models draw is",
);

/** How the judges are made and checked. */
export const judgesSchema = z.strictObject({
  seed: z.int().min(0).default(0).describe("Seed of every random draw"),
  concepts: z.int().min(8).optional().describe(
    "Number of concepts to train on, for a quick trial; all by default",
  ),
  tokenizer: z.string().default("data/models/emoji-base/tokenizer").describe(
    "Folder of the content judge's tokenizer",
  ),
  autoencoder: z.string().default("data/models/emoji-base/vae").describe(
    "Folder of the autoencoder that models draw with",
  ),
  output: z.string().default(belowRuns("data/models/emoji-base/judge")).describe(
    "Folder the judges are written to",
  ),
  report: z.string().default(belowRuns("results/judges")).describe(
    "Folder of the validity report",
  ),
  ...updateField,
  compare: z.string().default("data/models/emoji-base/guide").describe(
    "Folder of a CLIP that the report compares with the judges",
  ),
  content: z.strictObject({
    image: imageTowerSchema.prefault({
      block_out_channels: [64, 128, 256],
      pooling: "layout",
      projection_dim: 128,
    }),
    text: z.strictObject({
      hidden_size: z.int().positive().default(128).describe("width of the text tower"),
      num_hidden_layers: z.int().positive().default(2).describe("transformer blocks"),
      num_attention_heads: z.int().positive().default(4).describe("attention heads of each block"),
    }).prefault({}),
    training: trainingSchema.prefault({ ...training, batchSize: 96, steps: 3000 }),
    filteredShare: z.number().min(0).max(1).default(0.4).describe(
      "Share of drawings in styles made by image processing",
    ),
    recolour: z.number().min(0).max(1).default(0.4).describe(
      "Probability that an image's colours are changed",
    ),
    shift: z.number().min(0).max(0.5).default(0.12).describe(
      "Maximum shift of a drawing, as a share of its side",
    ),
    largestView: z.number().min(1).max(2).default(1.3).describe(
      "Most that the view is larger than the drawing, with white around it; it is never smaller than " +
        "0.85 of it, and never mirrored",
    ),
    stretch: z.number().min(0).max(0.5).default(0.12).describe(
      "Most that the view is wider or narrower, and higher or lower, as a share of its side",
    ),
    erased: z.number().min(0).max(1).default(0.5).describe(
      "Probability that a rectangle of the image is left white",
    ),
    proxyWeight: z.number().min(0).default(1).describe(
      "Weight of telling all training concepts apart by a learned vector each",
    ),
    decodedShare,
  }).prefault({}).describe("The content judge: what an image shows"),
  style: z.strictObject({
    image: imageTowerSchema.prefault({
      block_out_channels: [48, 96, 128],
      pooling: "statistics",
      projection_dim: 64,
    }),
    training: trainingSchema.prefault({ ...training, batchSize: 80, steps: 3000 }),
    smallestView: z.number().min(0.2).max(1).default(0.8).describe(
      "Smallest side of the part that is seen, as a share of the drawing",
    ),
    temperature: z.number().positive().default(0.1).describe("Temperature of the contrastive loss"),
    proxyWeight: z.number().min(0).default(1).describe(
      "Weight of telling the designers apart by a learned vector each",
    ),
    decodedShare,
  }).prefault({}).describe("The style judge: whose style an image has"),
});

export type JudgesConfig = Placed<z.infer<typeof judgesSchema>>;
