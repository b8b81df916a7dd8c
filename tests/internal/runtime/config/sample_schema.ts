import { z } from "zod";

/** A configuration with a field of each kind. */
export const sampleSchema = z.strictObject({
  seed: z.int().min(0).default(0).describe("Where randomness comes from"),
  style: z.string().min(1).default("flat").describe("Words that name the style"),
  prompt: z.string().refine((text) => text.includes("{style}"), {
    error: 'must say which style, as "a cat in {style} style"',
  }).optional().describe("What to draw"),
  guided: z.boolean().default(true).describe("Whether guidance is used"),
  steps: z.union([z.literal("auto"), z.int().min(1)]).default("auto").describe("Sampler steps"),
  training: z.strictObject({
    batchSize: z.int().min(1).max(64).default(4).describe("Images per step"),
    rate: z.number().gt(0).default(0.001).describe("Learning rate"),
    milestones: z.array(z.int().positive()).default([20, 100]).describe("Epochs of decay"),
  }).prefault({ batchSize: 8 }).describe("How it learns"),
  method: z.discriminatedUnion("name", [
    z.strictObject({ name: z.literal("full").describe("What learns") }),
    z.strictObject({
      name: z.literal("lora"),
      rank: z.int().min(1).default(4).describe("Rank of the update"),
    }),
  ]).prefault({ name: "full" }),
});
