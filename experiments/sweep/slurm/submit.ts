/** A sweep as an array job: Slurm does the runs, on whatever machines it has. */
import { dirname, join } from "node:path";
import { confine } from "specialist/permissions/mod.ts";
import { isEagerForced } from "specialist/tensorflow/eager.ts";
import type { PlannedRun } from "../plan.ts";
import { writeRunConfig } from "../run_files.ts";
import type { SlurmConfig } from "./config.ts";
import { writeJob } from "./job_file.ts";
import { slurmCommand } from "./slurm_command.ts";

export type SubmitOptions = SlurmConfig & {
  /** The job's name. */
  name: string;
  /** Folder of the runs, where each task's own output goes too. */
  runs: string;
  /** Processors of each run. */
  threads: number;
  /** Runs at a time; as many as Slurm allows by default. */
  jobs?: number;
};

const main = join(import.meta.dirname!, "..", "..", "..", "cli", "main.ts");

/**
 * Gives the runs to Slurm, and notes in their folders which job they are. The working directory and
 * Deno have to be where they are here on the machines of the cluster too.
 *
 * @returns the job's id
 * @throws UserError where Slurm refuses
 */
export async function submit(
  runs: readonly PlannedRun[],
  options: SubmitOptions,
): Promise<number> {
  for (const run of runs) await writeRunConfig(run);
  const answer = await slurmCommand(
    "sbatch",
    sbatchOptions(runs.length, options),
    batchScript(runs.map(({ folder }) => folder), options),
  );
  // "1234", or "1234;cluster".
  const job = parseInt(answer);
  for (const [task, { folder }] of runs.entries()) await writeJob(folder, job, task);
  return job;
}

/** What sbatch is called with. */
export function sbatchOptions(count: number, options: SubmitOptions): string[] {
  const { name, runs, threads, jobs, partition, gres, time, memory } = options;
  const given = { partition, gres, time, mem: memory };
  return [
    "--parsable",
    `--job-name=${name}`,
    `--array=0-${count - 1}${jobs === undefined ? "" : `%${jobs}`}`,
    `--cpus-per-task=${threads}`,
    `--output=${join(runs, "slurm-%A_%a.log")}`,
    ...Object.entries(given).flatMap(([option, value]) => value ? [`--${option}=${value}`] : []),
  ];
}

/** Models from the Hub are fetched when the runs are planned. */
const offline = { HF_HUB_OFFLINE: "1" };

/** Each task does the run at its place in the list. */
export function batchScript(
  folders: readonly string[],
  { threads }: Pick<SubmitOptions, "threads">,
): string {
  const eager = isEagerForced() ? ["--eager"] : [];
  const deno = Deno.execPath();
  const { args, env } = confine({
    writes: [...new Set(folders.map((folder) => dirname(folder)))],
    programs: [deno],
  });
  return [
    "#!/bin/bash",
    "folders=(",
    ...folders.map((folder) => `  ${quoted(folder)}`),
    ")",
    `export SPECIALIST_THREADS=${threads}`,
    ...Object.entries({ ...env, ...offline }).map(([name, value]) => `export ${name}=${value}`),
    `exec ${[deno, ...args, main, "sweep-task", ...eager].map(quoted).join(" ")} \\`,
    '  "${folders[$SLURM_ARRAY_TASK_ID]}"',
    "",
  ].join("\n");
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
