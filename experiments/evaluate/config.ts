import { z } from "zod";
import { modelDescription, trainSchema } from "specialist/train_config.ts";

/** A model's scores on held-out concepts of a style, against another model's. */
export const evaluateSchema = trainSchema.pick({ style: true, seed: true, sampling: true }).extend({
  model: z.string().describe(modelDescription("the model to score")),
  base: z.string().default("data/models/emoji-base").describe(
    `${modelDescription("the model to compare with")}; its judge scores both`,
  ),
  split: z.enum(["validation", "test", "unseen"]).default("test").describe("Held-out concepts"),
  styleWords: z.string().optional().describe("What the style is called, in place of its own words"),
});

export type EvaluateConfig = z.infer<typeof evaluateSchema>;
