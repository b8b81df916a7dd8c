import { z } from "zod";
import { trainSchema } from "specialist/train_config.ts";

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
});

export type DemoConfig = z.infer<typeof demoSchema>;
