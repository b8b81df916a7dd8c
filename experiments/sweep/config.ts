/** Options of the sweep commands. */
import { z } from "zod";
import { updateField } from "specialist/internal/cli/results.ts";

/** Slurm options of each run; the cluster's defaults apply where they are missing. */
const slurmSchema = z.strictObject({
  partition: z.string().min(1).optional().describe("Partition to run in"),
  gres: z.string().min(1).optional().describe("Generic resources of each run, as gpu:1"),
  time: z.string().min(1).optional().describe("Longest time of each run, as 02:00:00"),
  memory: z.string().min(1).optional().describe("Memory of each run, as 8G"),
});

export type SlurmConfig = z.infer<typeof slurmSchema>;

/** Which sweep, and where its runs are. */
export const selectionSchema = z.strictObject({
  experiment: z.string().min(1).describe("File that defines the sweep, as experiments/small.ts"),
  quick: z.boolean().default(false).describe("The sweep's quick form"),
  runs: z.string().min(1).default("runs").describe("Folder of the runs"),
});

const pageField = {
  page: z.int().min(1).default(1).describe("Which page of the list of points is shown"),
};

/** Which sweep's progress. */
export const statusSchema = selectionSchema.extend(pageField);

/** Which sweep's table, and where it goes. */
export const collectSchema = selectionSchema.extend({
  output: z.string().min(1).optional().describe(
    "Folder of the tables; by default the one below runs/results/ that the sweep has in experiments/",
  ),
  ...updateField,
});

/** How a sweep is run. */
export const sweepSchema = collectSchema.extend({
  "dry-run": z.boolean().default(false).describe("List the runs and their times, and exit"),
  ...pageField,
  executor: z.enum(["local", "slurm"]).default("local").describe(
    "Processes on this machine, or an array job of Slurm",
  ),
  jobs: z.int().min(1).optional().describe(
    "Runs at a time; 1 by default, or as many as Slurm allows",
  ),
  threads: z.int().min(1).optional().describe(
    "Threads of each run; by default the jobs share this machine's cores, and Slurm's have 1",
  ),
  retry: z.boolean().default(false).describe("Repeat failed runs"),
  slurm: slurmSchema.prefault({}).describe("Slurm options of each run"),
});

export type Selection = z.infer<typeof selectionSchema>;
export type CollectConfig = z.infer<typeof collectSchema>;
export type SweepConfig = z.infer<typeof sweepSchema>;
