/** Runs that are killed at random moments and started again: do they end as if nothing had been? */
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { createRandom, type Random } from "specialist/data";
import { createProgress, listRuns, readMetrics } from "specialist/internal/runtime/mod.ts";
import { type Comparison, differingFiles } from "./differing_files.ts";
import type { WorkOptions } from "./kills_works.ts";
import { type Case, type Finding, type WorkName, workNames } from "./report.ts";
import { writeTinyModel } from "./tiny_model.ts";

const killsSchema = z.strictObject({
  works: z.array(z.enum(workNames)).min(1).default([...workNames]).describe("What is killed"),
  kills: z.int().positive().default(20).describe("How often each of them is killed"),
  seed: z.int().min(0).default(0).describe("Decides the moments"),
  steps: z.int().positive().default(30).describe("Steps of each training"),
  threads: z.int().positive().default(2).describe("Threads of each process"),
  model: z.string().default("data/models/emoji-base").describe("Folder of the model to adapt"),
});

type KillsConfig = z.infer<typeof killsSchema>;

/** A moment at which a process was killed, and how many steps were done by then. */
type Kill = { moment: Moment; done: number };

/** A folder in which a piece of work was killed and started again until it was done. */
type Round = Comparison & {
  kills: Kill[];
  /** Steps of the checkpoints that its runs started from; 0 is none. */
  startedFrom: number[];
};

export type WorkReport = {
  work: WorkName;
  /** What computed. */
  backend: string;
  /** Of the undisturbed process. */
  seconds: number;
  /** A second undisturbed process, against the first. */
  again: Comparison;
  /** Each against the first undisturbed process. */
  rounds: Round[];
};

type KillsReport = { config: KillsConfig; works: WorkReport[] };

/**
 * Does each piece of work twice undisturbed, then so often killed by SIGKILL as is asked for. Work that
 * is done before it was killed often enough is started again elsewhere.
 *
 * @throws Error with a process's last words where one fails by itself; the signal's reason
 */
export async function kills(
  options: z.input<typeof killsSchema> = {},
  signal?: AbortSignal,
): Promise<KillsReport> {
  const config = killsSchema.parse(options);
  const folder = await Deno.makeTempDir();
  try {
    const works: WorkReport[] = [];
    for (const work of config.works) {
      works.push(await killWork(work, config, join(folder, work), signal));
    }
    return { config, works };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function killWork(
  work: WorkName,
  { seed, steps, threads, kills, model }: KillsConfig,
  folder: string,
  signal?: AbortSignal,
): Promise<WorkReport> {
  const options = { steps, model: resolve(model) };
  const start = (at: string) => startWork(work, options, { folder: at, threads, signal });
  const progress = createProgress({ label: `Killing ${work}`, total: kills, unit: "kills" });
  try {
    const [undisturbed, again] = [join(folder, "undisturbed"), join(folder, "again")];
    const started = performance.now();
    await endOf(await start(undisturbed));
    const seconds = (performance.now() - started) / 1000;
    await endOf(await start(again));

    const drawMoment = createMoments(createRandom(`${seed} ${work}`), {
      seconds,
      steps: await stepsDone(undisturbed, steps),
      count: kills,
    });
    const rounds: Round[] = [];
    let done = 0;
    const onKill = () => progress.update(++done);
    while (done < kills) {
      const at = join(folder, `killed-${rounds.length}`);
      const killing = { most: kills - done, steps, start, drawMoment, onKill };
      const killed = await killUntilDone(at, killing);
      rounds.push({
        kills: killed,
        startedFrom: (await attemptsIn(at)).map(({ fromStep }) => fromStep),
        ...await differingFiles(undisturbed, at),
      });
    }
    return {
      work,
      backend: (await attemptsIn(undisturbed))[0].backend,
      seconds,
      again: await differingFiles(undisturbed, again),
      rounds,
    };
  } finally {
    progress.stop();
  }
}

type Killing = {
  /** After this many kills the work is left alone. */
  most: number;
  /** Of each run. */
  steps: number;
  start(at: string): Promise<Deno.ChildProcess>;
  drawMoment(done: number): Moment;
  onKill(): void;
};

async function killUntilDone(
  at: string,
  { most, steps, start, drawMoment, onKill }: Killing,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  while (kills.length < most) {
    const moment = drawMoment(await stepsDone(at, steps));
    if (!await killAt(moment, await start(at), { folder: at, steps })) return kills;
    kills.push({ moment, done: await stepsDone(at, steps) });
    onKill();
  }
  await endOf(await start(at));
  return kills;
}

async function attemptsIn(place: string) {
  return (await listRuns(join(place, "runs"))).flatMap(({ record }) => record.attempts);
}

// Training runs that are killed and started again, on a small model of random weights.

export const killedRuns: Case = async ({ seed, kills: times, killed, killedSteps }, signal) => {
  const model = await Deno.makeTempDir();
  try {
    await writeTinyModel(model);
    const { works } = await kills(
      { seed, kills: times, works: killed, steps: killedSteps, model },
      signal,
    );
    return {
      title: "Killed runs",
      findings: works.flatMap((work) => [findingOfSeed(work), findingOfKills(work)]),
    };
  } finally {
    await Deno.remove(model, { recursive: true });
  }
};

function findingOfSeed({ work, again }: WorkReport): Finding {
  return {
    what: `${work}: two runs of one seed write the same, bit by bit`,
    measured: measuredOf(again.files, again.differing),
    holds: again.differing.length === 0,
  };
}

function findingOfKills({ work, rounds }: WorkReport): Finding {
  const times = rounds.reduce((sum, { kills }) => sum + kills.length, 0);
  const differing = rounds.flatMap((round) => round.differing);
  return {
    what: `${work}: killed at ${times} random moments, it writes the same as undisturbed`,
    measured: measuredOf(rounds.reduce((sum, { files }) => sum + files, 0), differing),
    holds: differing.length === 0,
  };
}

function measuredOf(files: number, differing: readonly string[]): string {
  return differing.length === 0
    ? `${files} files, none differs`
    : `${differing.length} of ${files} files differ: ${differing.slice(0, 3).join(", ")}`;
}

/** A time after the start of a process, or the number of steps that its runs have done in all. */
type Moment = { seconds: number } | { steps: number };

type MomentsOptions = {
  /** How long the work takes undisturbed, and how many steps it has. */
  seconds: number;
  steps: number;
  /** How many moments there are to be, half of which are spread over the steps. */
  count: number;
};

/** Draws moments in turn by steps after those that are done, and by seconds, each uniform. */
function createMoments(
  random: Random,
  { seconds, steps, count }: MomentsOptions,
): (done: number) => Moment {
  // Half of the furthest way on average, so that `count / 2` moments come to the end together.
  const furthest = Math.ceil(4 * steps / count);
  let turn = 0;
  return (done) =>
    turn++ % 2 === 0 && done < steps
      ? { steps: done + 1 + random.integer(Math.min(furthest, steps - done)) }
      : { seconds: seconds * random.next() };
}

/** How many steps the runs in a place have finished in all, as far as can be seen, of `steps` each. */
async function stepsDone(place: string, steps: number): Promise<number> {
  let sum = 0;
  for (const { folder, record } of await listRuns(join(place, "runs"))) {
    const logged = (await readMetrics(folder)).at(-1)?.step ?? 0;
    sum += record.status === "finished" ? steps : Math.max(logged, record.checkpointStep ?? 0);
  }
  return sum;
}

const worker = join(import.meta.dirname!, "kills_works.ts");

/** Where a process works, and with what. */
type Place = { folder: string; threads: number; signal?: AbortSignal };

/** Milliseconds between looks at how far a process is. */
const interval = 20;

/** Starts a piece of work, or resumes it. */
async function startWork(
  work: WorkName,
  options: WorkOptions,
  { folder, threads, signal }: Place,
): Promise<Deno.ChildProcess> {
  await Deno.mkdir(folder, { recursive: true });
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", worker, work, JSON.stringify(options)],
    cwd: folder,
    env: { SPECIALIST_THREADS: `${threads}` },
    stdout: "null",
    stderr: "piped",
    signal,
  }).spawn();
}

/** @throws Error with the process's last words if it fails */
async function endOf(process: Deno.ChildProcess): Promise<void> {
  const { success, stderr } = await process.output();
  if (!success) throw failure(stderr);
}

/**
 * Kills a process at a moment, and answers whether it was not done before.
 *
 * @param at where it works, and how many steps each of its runs has
 * @throws Error with the process's last words if it fails by itself
 */
async function killAt(
  moment: Moment,
  process: Deno.ChildProcess,
  at: { folder: string; steps: number },
): Promise<boolean> {
  let ended = false;
  const output = process.output().finally(() => ended = true);
  const started = performance.now();
  const isDue = async () =>
    "seconds" in moment
      ? performance.now() - started >= 1000 * moment.seconds
      : await stepsDone(at.folder, at.steps) >= moment.steps;
  while (!ended && !await isDue()) await delay(interval);
  killIfThere(process);
  const { success, signal, stderr } = await output;
  if (!success && signal !== "SIGKILL") throw failure(stderr);
  return !success;
}

function killIfThere(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has just ended.
  }
}

function failure(stderr: Uint8Array): Error {
  return new Error(new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n"));
}
