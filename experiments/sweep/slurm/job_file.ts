/** Which job a run was given to: a file in the run's folder. */
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/files/mod.ts";

const jobSchema = z.strictObject({
  job: z.int().positive().describe("The array job"),
  task: z.int().min(0).describe("The run's place in it"),
});

const fileIn = (folder: string) => join(folder, "slurm.json");

/** As squeue names it: "1234_5". */
export type JobName = string;

export async function writeJob(folder: string, job: number, task: number): Promise<void> {
  await writeAtomically(fileIn(folder), `${JSON.stringify({ job, task })}\n`);
}

/** Undefined where the run was given to none. */
export async function readJob(folder: string): Promise<JobName | undefined> {
  try {
    await Deno.stat(fileIn(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const { job, task } = await readJson(fileIn(folder), jobSchema);
  return `${job}_${task}`;
}
