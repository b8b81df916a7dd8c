/** Options of the small commands. Those of train, sweep and pretrain are with their work. */
import { z } from "zod";
import { shippedStyles } from "specialist/data";
import { belowRuns, type Placed, updateField } from "specialist/internal/cli/results.ts";
import { contentLossSchema, emojiPreset } from "specialist/specialist";
import { trainingSchema } from "specialist/training";
import {
  evaluationSchema,
  modelDescription,
  samplingSchema,
  trainSchema,
} from "specialist/train_config.ts";

/** What is added to a model. */
const additionFields = {
  lora: z.array(z.string()).default([]).describe(
    "Files of low-rank adapters to add to it, in diffusers' or kohya's names",
  ),
  loraScale: z.array(z.number()).default([]).describe(
    "How much of the adapters is added: one number for all files, or one for each; 1 by default",
  ),
  embedding: z.string().optional().describe("File of a learned word to add to it"),
};

/** Images from prompts. */
export const sampleSchema = z.strictObject({
  model: z.string().default("data/models/emoji-base").describe(modelDescription("the model")),
  ...additionFields,
  prompts: z.array(z.string()).default([]).describe(
    "Prompts, separated by commas or as a JSON list",
  ),
  negativePrompt: z.string().default("").describe("What to steer away from"),
  count: z.int().min(1).max(64).default(4).describe("Images of each prompt"),
  seed: z.int().min(0).default(0).describe("Seed of the noise"),
  sampling: samplingSchema.prefault({}),
  x: z.string().optional().describe(
    "An option along the columns of a grid, as loraScale=0,0.5,1; each cell is one image of each prompt",
  ),
  y: z.string().optional().describe(
    "An option along the rows of a grid, as sampling.guidanceScale=2,4,8",
  ),
  output: z.string().default("runs/samples").describe(
    "Folder for the images; other images in it stay, and these go to a folder 2, 3 … in it",
  ),
});

export type SampleConfig = z.infer<typeof sampleSchema>;

/** A model's scores in a style, against the base model's. */
export const evaluateSchema = trainSchema.pick({
  style: true,
  data: true,
  styleWords: true,
  background: true,
  shots: true,
  shotSet: true,
  judge: true,
  seed: true,
  sampling: true,
}).extend({
  model: z.string().optional().describe(
    `${modelDescription("the model to score")}; by default the base model with what is added to it`,
  ),
  ...additionFields,
  trigger: z.string().optional().describe(
    "What prompts of the scored model say for the style; what its files tell, else the style's words, " +
      "by default",
  ),
  base: z.string().default("data/models/emoji-base").describe(
    `${modelDescription("the model to compare with")}; its judge scores both`,
  ),
  split: evaluationSchema.shape.split,
  prompts: evaluationSchema.shape.prompts,
  concepts: evaluationSchema.shape.concepts,
});

export type EvaluateConfig = z.infer<typeof evaluateSchema>;

/** A run's result, in a format of other programs. */
export const exportSchema = z.strictObject({
  run: z.string().describe("Folder of a finished run"),
  format: z.enum(["lora-kohya", "single-file"]).describe(
    "Adapters in kohya's names, or the whole model in one file with the original code's names",
  ),
  output: z.string().optional().describe("The file to write; in the run's folder by default"),
});

export type ExportConfig = z.infer<typeof exportSchema>;

/** Captions for a folder of images. */
export const captionSchema = z.strictObject({
  folder: z.string().describe("Folder of the images; existing text files are kept"),
  captioner: z.string().optional().describe(
    "Image-to-text model in the layout of transformers.js: its folder, or its id on the Hub, " +
      "as Xenova/vit-gpt2-image-captioning",
  ),
});

export type CaptionConfig = z.infer<typeof captionSchema>;

/** The demo: few choices, all else fixed. */
export const demoSchema = trainSchema.pick({
  style: true,
  data: true,
  styleWords: true,
  model: true,
  output: true,
  seed: true,
}).extend({
  steps: z.int().positive().default(200).describe("Optimizer steps"),
  concepts: z.int().min(8).max(128).default(128).describe("Held-out concepts drawn and scored"),
  prompts: evaluationSchema.shape.prompts,
});

export type DemoConfig = z.infer<typeof demoSchema>;

const styles = shippedStyles as [string, ...string[]];

/** The demo of several styles; whoever reads the table expects the usual settings. */
export const demoTableSchema = demoSchema.pick({ model: true, steps: true, concepts: true }).extend(
  {
    styles: z.array(z.enum(styles)).min(1).default(styles).describe("Shipped styles in the table"),
    output: z.string().min(1).default(belowRuns("results/demo")).describe(
      "Folder of records, grids and page",
    ),
    ...updateField,
  },
);

export type DemoTableConfig = Placed<z.infer<typeof demoTableSchema>>;

/** The content loss's weights for shares of the gradient, measured in a run for each style. */
export const calibrateSchema = trainSchema.pick({
  model: true,
  shots: true,
  seed: true,
}).extend({
  training: trainingSchema.prefault(emojiPreset.training),
  styles: z.array(z.enum(styles)).min(1).default(styles).describe("Shipped styles"),
  shares: z.array(z.number().gt(0).lt(1)).min(1).default([0.03, 0.1, 0.3, 0.97]).describe(
    "Shares of the gradient that the content loss is to have",
  ),
  lastStep: contentLossSchema.shape.lastStep,
  output: z.string().min(1).default(belowRuns("results/study")).describe(
    "Folder of content_weights.json",
  ),
  ...updateField,
});

export type CalibrateConfig = Placed<z.infer<typeof calibrateSchema>>;

/** Which tables are written, and from what. */
export const tablesSchema = z.strictObject({
  results: z.string().min(1).default("results").describe(
    "Folder with a folder for each table, made from its summary.json",
  ),
  output: z.string().min(1).optional().describe(
    "Folder for tables and figures; by default runs/results for the repository's, elsewhere the " +
      "folder of the summaries itself",
  ),
  list: z.string().min(1).optional().describe(
    "JSON file that names a table and its finished runs; its summary is written first",
  ),
  runs: z.string().min(1).default("runs").describe("Folder of the runs that the list names"),
  check: z.boolean().default(false).describe(
    "Write nothing, and fail where a table or figure is not what its summary gives",
  ),
  ...updateField,
});

export type TablesConfig = z.infer<typeof tablesSchema>;

/** What is measured of which autoencoders. */
export const latentNoiseSchema = z.strictObject({
  models: z.array(z.string()).min(1)
    .default(["data/models/emoji-base"]).describe(
      "Folders of base models, or of autoencoders alone",
    ),
  levels: z.array(z.number().min(0).max(1)).min(1).default([0, 0.05, 0.1, 0.2, 0.3]).describe(
    "Noise added to the latents, as shares of their standard deviation",
  ),
  drawings: z.int().positive().default(64).describe("Maximum number of drawings of each set"),
  samples: z.int().min(0).default(48).describe("Images that each base model samples"),
  seed: z.int().min(0).default(0).describe("Seed of the noise"),
  output: z.string().default(belowRuns("results/model")).describe(
    "Folder of record, table and figures",
  ),
  ...updateField,
});

export type LatentNoiseConfig = Placed<z.infer<typeof latentNoiseSchema>>;

/** Which base models are compared in the styles that they have learned. */
export const baseStylesSchema = trainSchema.pick({ seed: true, sampling: true }).extend({
  models: z.array(z.string()).min(1).default(["data/models/emoji-base"]).describe(
    "Folders of base models",
  ),
  judge: z.string().default("data/models/emoji-base/judge").describe("Folder of the judge"),
  concepts: z.int().min(2).max(128).default(48).describe("Test concepts drawn in each style"),
  output: z.string().default(belowRuns("results/model")).describe(
    "Folder of record, table and image",
  ),
  ...updateField,
});

export type BaseStylesConfig = Placed<z.infer<typeof baseStylesSchema>>;

/** What is retrieved with which guide, and who checks the paraphrases. */
export const retrievalSchema = z.strictObject({
  model: z.string().default("data/models/emoji-base").describe(
    "Folder of the base model; its guide retrieves",
  ),
  judges: z.string().default("data/models/emoji-base/judge").describe(
    "Folder of the judges; the content judge reads the paraphrases",
  ),
  shots: z.int().min(1).max(32).default(32).describe("Shot concepts to retrieve captions for"),
  thresholds: z.array(z.number().min(-1).max(1)).default([0.7, 0.8, 0.9, 0.95, 0.98]).describe(
    "Thresholds to compare, besides the preset's",
  ),
  limits: z.array(z.int().positive()).default([4, 8, 12]).describe(
    "Limits to compare at each threshold, besides no limit",
  ),
  output: z.string().default(belowRuns("results/study")).describe("Folder of record and report"),
  ...updateField,
});

export type RetrievalConfig = Placed<z.infer<typeof retrievalSchema>>;

/** Where the study's summaries are, and its runs. */
export const studySchema = z.strictObject({
  output: z.string().min(1).default(belowRuns("results/study")).describe(
    "Folder of the report; a stage's summary is read from there, else from results/study",
  ),
  ...updateField,
  runs: z.string().min(1).default("runs").describe(
    "Folder of the runs whose images are shown side by side",
  ),
});

export type StudyConfig = Placed<z.infer<typeof studySchema>>;
