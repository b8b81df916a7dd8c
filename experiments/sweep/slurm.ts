/** A sweep through Slurm: one job array, whose tasks are runs. */
import { dirname, join } from "node:path";
import { z } from "zod";
import { confine, readJson, UserError, writeAtomically } from "specialist/internal/runtime/mod.ts";
import { isEagerForced } from "specialist/internal/tensor/mod.ts";
import type { SlurmConfig, SweepConfig } from "./config.ts";
import { type Plan, type PlannedRun, writeRunConfig } from "./plan.ts";
import { isOpen, readRunStates } from "./run_state.ts";

/**
 * Gives Slurm all runs of a sweep that are to be done and that it does not have yet.
 *
 * @throws UserError where Slurm refuses
 */
export async function runThroughSlurm(plan: Plan, config: SweepConfig): Promise<void> {
  const { quick, runs, jobs, threads = 1, retry, slurm } = config;
  const states = await readRunStates(plan.runs);
  const queue = await readQueue(plan.runs);
  const due = plan.runs.filter((run) => !queue.has(run) && isOpen(states.get(run)!, { retry }));
  const rest = `${queue.size} in the queue, ${plan.runs.length - due.length - queue.size} others`;
  if (due.length === 0) return console.log(`Nothing to submit: ${rest}`);
  const job = await submit(due, { name: plan.name, runs, jobs, threads, ...slurm });
  console.log(`Submitted job ${job}: ${due.length} of ${plan.runs.length} runs (${rest})`);
  const which = [plan.file, ...quick ? ["--quick"] : [], `--runs ${runs}`].join(" ");
  console.log(`Progress: deno task specialist sweep-status ${which}`);
  console.log(`Table:    deno task specialist sweep-collect ${which}`);
}

// A sweep as an array job: Slurm does the runs, on whatever machines it has.

type SubmitOptions = SlurmConfig & {
  /** The job's name. */
  name: string;
  /** Folder of the runs, where each task's own output goes too. */
  runs: string;
  /** Processors of each run. */
  threads: number;
  /** Runs at a time; as many as Slurm allows by default. */
  jobs?: number;
};

const main = join(import.meta.dirname!, "..", "main.ts");

/**
 * Gives the runs to Slurm, and notes in their folders which job they are. The working directory and
 * Deno have to be where they are here on the machines of the cluster too.
 *
 * @returns the job's id
 * @throws UserError where Slurm refuses
 */
async function submit(
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

// Which job a run was given to: a file in the run's folder.

const jobSchema = z.strictObject({
  job: z.int().positive().describe("The array job"),
  task: z.int().min(0).describe("The run's place in it"),
});

const fileIn = (folder: string) => join(folder, "slurm.json");

/** As squeue names it: "1234_5". */
type JobName = string;

async function writeJob(folder: string, job: number, task: number): Promise<void> {
  await writeAtomically(fileIn(folder), `${JSON.stringify({ job, task })}\n`);
}

/** Undefined where the run was given to none. */
async function readJob(folder: string): Promise<JobName | undefined> {
  try {
    await Deno.stat(fileIn(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const { job, task } = await readJson(fileIn(folder), jobSchema);
  return `${job}_${task}`;
}

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

/**
 * What one of Slurm's programs writes.
 *
 * @param input what it reads
 * @throws UserError where it is not installed, or refuses
 */
async function slurmCommand(name: string, args: string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await output(name, args, input);
  if (code === 0) return stdout.trim();
  throw new UserError({
    what: stderr.trim() || `${name} ended with code ${code}`,
    value: [name, ...args].join(" "),
    remedy: "change the options for Slurm (--slurm.partition, …), or ask who runs the cluster",
  });
}

async function output(name: string, args: string[], input: string) {
  try {
    const child = new Deno.Command(name, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UserError({
      what: `there is no ${name} on this machine`,
      remedy: "run this where Slurm is installed, or leave out --executor slurm",
    }, { cause });
  }
}
