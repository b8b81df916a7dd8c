import { z } from "zod";

/** What each run asks Slurm for; where nothing is said, the cluster's defaults apply. */
export const slurmSchema = z.strictObject({
  partition: z.string().min(1).optional().describe("Partition to run in"),
  gres: z.string().min(1).optional().describe("Generic resources of each run, as gpu:1"),
  time: z.string().min(1).optional().describe("Longest time of each run, as 02:00:00"),
  memory: z.string().min(1).optional().describe("Memory of each run, as 8G"),
});

export type SlurmConfig = z.infer<typeof slurmSchema>;
