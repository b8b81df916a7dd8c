import { z } from "zod";

/** What is measured of which autoencoders. */
export const latentNoiseSchema = z.strictObject({
  models: z.array(z.string()).min(1)
    .default(["data/models/emoji-base", "data/models/emoji-autoencoder"]).describe(
      "Folders of base models, or of autoencoders alone",
    ),
  levels: z.array(z.number().min(0).max(1)).min(1).default([0, 0.05, 0.1, 0.2, 0.3]).describe(
    "Noise added to the latents, as shares of their standard deviation",
  ),
  drawings: z.int().positive().default(64).describe("Maximum number of drawings of each set"),
  samples: z.int().min(0).default(48).describe("Images that each base model samples"),
  seed: z.int().min(0).default(0).describe("Seed of the noise"),
  output: z.string().default("results/model").describe("Folder of record, table and figures"),
});

export type LatentNoiseConfig = z.infer<typeof latentNoiseSchema>;
