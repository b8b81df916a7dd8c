/** The settings of a lab and of a run in it: what is learned, how it is trained, drawn and scored. */
import { z } from "zod";
import { shotSetCount } from "./data/mod.ts";
import { samplers } from "./diffusion/mod.ts";
import { promptKinds } from "./evaluation/mod.ts";
import { precisions } from "./internal/tensor/mod.ts";
import { emojiPreset, methodSchema, presets } from "./specialist/mod.ts";
import { trainingSchema } from "./training/mod.ts";

/** How a model may be given. */
export function modelDescription(which: string): string {
  return `Folder or single file of ${which}, or its id on the Hub as owner/name or ` +
    "owner/name@revision";
}

/** The base model that the project ships. */
export const shippedModel = "data/models/emoji-base";

/** The settings of a lab. */
export const labSchema = z.strictObject({
  style: z.string().default("fluent-emoji-flat").describe("A shipped style"),
  data: z.string().optional().describe(
    "Folder of your own images with captions, in place of a shipped style",
  ),
  styleWords: z.string().optional().describe(
    "What the style is called in a prompt, in place of the folder's own words",
  ),
  background: z.string().regex(/^#[0-9a-f]{6}$/i, "a colour is written as #rrggbb").optional()
    .describe("What is behind transparent parts of the images, as #rrggbb; white by default"),
  shots: z.int().min(1).default(8).describe("Images of the style to learn from"),
  shotSet: z.int().min(1).max(shotSetCount).default(1).describe(
    "Which drawings of a shipped style these are the first of",
  ),
  model: z.string().default(shippedModel).describe(modelDescription("the base model")),
  size: z.int().positive().optional().describe(
    "Width and height of the images, in pixels; the model's own by default",
  ),
  corpus: z.string().optional().describe(
    "Text file of captions to retrieve from, one a line; the shipped ones by default",
  ),
  retriever: z.string().optional().describe(
    "CLIP that captions are retrieved with, a folder or a Hub id; the guide by default",
  ),
  guide: z.string().optional().describe(
    "CLIP of the content loss, a folder or a Hub id; the one next to the model by default",
  ),
  judge: z.string().optional().describe(
    "What scores: a CLIP as a folder or a Hub id, or a folder with the two judges of " +
      "deno task judges; the one next to the model by default",
  ),
});

export type LabConfig = z.infer<typeof labSchema>;

/** How images are drawn for scoring. */
export const samplingSchema = z.strictObject({
  steps: z.int().min(1).max(1000).default(emojiPreset.sampling.steps).describe(
    "Steps of the sampler",
  ),
  guidanceScale: z.number().min(1).default(emojiPreset.sampling.guidanceScale).describe(
    "Classifier-free guidance; 1 is none",
  ),
  sampler: z.enum(samplers).default(emojiPreset.sampling.sampler).describe(
    "How noise becomes an image",
  ),
  precision: z.enum(precisions).default("float32").describe(
    "How convolutions and products multiply; bfloat16 is faster where the processor has it",
  ),
});

/** What is scored, and how often. */
export const evaluationSchema = z.strictObject({
  split: z.enum(["validation", "test", "unseen"]).default("test").describe(
    "Held-out concepts that the final scores are of",
  ),
  prompts: z.array(z.string().min(1)).min(2).optional().describe(
    "Prompts in place of the benchmark's concepts, in words without the style",
  ),
  concepts: z.int().min(2).max(200).optional().describe("How many of them; all by default"),
  kinds: z.array(z.enum(promptKinds)).default([]).describe(
    "Other kinds of prompts for the benchmark's concepts that are scored too: a sentence that no training " +
      "caption has, or a paraphrase of the concept",
  ),
  kindConcepts: z.int().min(2).default(64).describe("How many concepts are drawn with each kind"),
  every: z.int().positive().default(100).describe("Steps between points of the curves"),
  at: z.array(z.int().positive()).min(1).optional().describe(
    "Steps of the curves' points besides the last, in place of every so many",
  ),
  curveConcepts: z.int().min(2).default(16).describe("Validation concepts drawn for each point"),
});

/** Images drawn during training. */
const validationSchema = z.strictObject({
  every: z.int().positive().describe("Steps between images drawn during training"),
  prompts: z.array(z.string().min(1)).min(1).describe("Prompts, in words without the style"),
});

/** How far to go from the base's weights to the adapted ones. */
const strengthSchema = z.strictObject({
  keepContent: z.number().min(0).max(1).default(0).describe(
    "Share of the base model's content, as the guide sees it in validation concepts, to be left; " +
      "the weights go all the way at 0",
  ),
  concepts: z.int().min(2).default(64).describe("Validation concepts drawn at each strength"),
});

/** A run of a method in a lab. */
export const runSchema = z.strictObject({
  output: z.string().optional().describe("Folder of the run; under runs/ by default"),
  tensorboard: z.boolean().default(false).describe(
    "Whether metrics are written as TensorBoard's event files too",
  ),
  seed: z.int().min(0).default(0).describe("Seed of every random draw"),
  training: trainingSchema.prefault({}),
  strength: strengthSchema.prefault({}),
  sampling: samplingSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
  validation: validationSchema.optional().describe(
    "Images drawn during training, to look at; none by default",
  ),
});

export type RunConfig = z.infer<typeof runSchema>;

export type PresetName = keyof typeof presets;

/** `train`: teaching a base model a style with a method, and scoring what it has learned. */
export const trainSchema = z.strictObject({
  ...labSchema.shape,
  ...runSchema.shape,
  preset: z.enum(Object.keys(presets) as [PresetName, ...PresetName[]]).optional().describe(
    "Settings that nothing else gives. study: emoji, as the study compares methods, the default for the " +
      "shipped model and others of its kind; emoji: as in notebooks and the demo; photographs: Stable " +
      "Diffusion 1, at the rates of the methods' own examples; paper: the paper's, the default for all other models",
  ),
  method: methodSchema,
});

export type TrainConfig = z.infer<typeof trainSchema>;
