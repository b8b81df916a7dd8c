import { z } from "zod";
import { modelDescription, samplingSchema } from "specialist/train_config.ts";

/** Images from prompts. */
export const sampleSchema = z.strictObject({
  model: z.string().default("data/models/emoji-base").describe(modelDescription("the model")),
  lora: z.string().optional().describe(
    "File of low-rank adapters to add to it, in diffusers' or kohya's names",
  ),
  embedding: z.string().optional().describe("File of a learned word to add to it"),
  prompts: z.array(z.string()).min(1).describe("What to draw; separated by commas, or a JSON list"),
  negativePrompt: z.string().default("").describe("What to draw away from"),
  count: z.int().min(1).max(64).default(4).describe("Images of each prompt"),
  seed: z.int().min(0).default(0).describe("Decides the noise"),
  sampling: samplingSchema.prefault({}),
  output: z.string().default("samples").describe("Folder for the images; must be new or empty"),
});

export type SampleConfig = z.infer<typeof sampleSchema>;
