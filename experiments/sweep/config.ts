import { z } from "zod";

/** Which sweep, and where its runs and results lie. */
export const sweepSelectionSchema = z.strictObject({
  experiment: z.string().min(1).describe("File that defines the sweep, as experiments/methods.ts"),
  quick: z.boolean().default(false).describe("The sweep's quick form"),
  runs: z.string().min(1).default("runs").describe("Folder of the runs"),
  output: z.string().min(1).optional().describe(
    "Folder of the tables; results/ and the sweep's name by default",
  ),
});

/** How a sweep is carried out. */
export const sweepSchema = sweepSelectionSchema.extend({
  "dry-run": z.boolean().default(false).describe("List the runs and their time, and stop"),
  jobs: z.int().min(1).default(1).describe("Runs at a time"),
  threads: z.int().min(1).optional().describe(
    "Threads for each run; by default the cores are shared out among the jobs",
  ),
  retry: z.boolean().default(false).describe("Do failed runs again"),
});

export type SweepSelection = z.infer<typeof sweepSelectionSchema>;
export type SweepConfig = z.infer<typeof sweepSchema>;
