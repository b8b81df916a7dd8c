import type { PlannedRun } from "../plan.ts";
import { type JobName, readJob } from "./job_file.ts";
import { slurmCommand } from "./slurm_command.ts";

/** A run's job in Slurm's queue, with its state there, as PENDING. */
export type QueuedJob = { name: JobName; state: string };

/** The jobs of those runs that wait for Slurm or that it is running. */
export async function readQueue(
  runs: readonly PlannedRun[],
): Promise<Map<PlannedRun, QueuedJob>> {
  const jobs = await Promise.all(runs.map(({ folder }) => readJob(folder)));
  if (jobs.every((job) => job === undefined)) return new Map();
  const states = parseQueue(
    await slurmCommand("squeue", ["--me", "--array", "--noheader", "--format=%i %T"]),
  );
  return new Map(runs.flatMap((run, i) => {
    const name = jobs[i];
    const state = name && states.get(name);
    return name && state ? [[run, { name, state }]] : [];
  }));
}

function parseQueue(text: string): Map<JobName, string> {
  return new Map(
    text.split("\n").filter(Boolean).map((line) => {
      const [name, state] = line.trim().split(/\s+/);
      return [name, state];
    }),
  );
}
