/** Runs that are killed at random moments and started again: do they end as if nothing had been? */
import { join, resolve } from "node:path";
import { z } from "zod";
import { createProgress } from "specialist/progress/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { listRuns } from "specialist/records/mod.ts";
import { type Comparison, differingFiles } from "./kills/differing_files.ts";
import { createMoments, type Moment, stepsLogged } from "./kills/moments.ts";
import { endOf, killAt, startWork } from "./kills/work_process.ts";
import { type WorkName, workNames } from "./kills/works.ts";

export const killsSchema = z.strictObject({
  works: z.array(z.enum(workNames)).min(1).default([...workNames]).describe("What is killed"),
  kills: z.int().positive().default(20).describe("How often each of them is killed"),
  seed: z.int().min(0).default(0).describe("Decides the moments"),
  steps: z.int().positive().default(30).describe("Steps of each training"),
  threads: z.int().positive().default(2).describe("Threads of each process"),
  model: z.string().default("data/models/emoji-base").describe("Folder of the model to adapt"),
});

export type KillsConfig = z.infer<typeof killsSchema>;

/** A moment at which a process was killed, and how many steps had been logged by then. */
export type Kill = { moment: Moment; logged: number };

/** A folder in which a piece of work was killed and started again until it was done. */
export type Round = Comparison & {
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

export type KillsReport = { config: KillsConfig; works: WorkReport[] };

/**
 * Does each piece of work twice undisturbed, then so often killed by SIGKILL as is asked for. Work that
 * is done before it was killed often enough is begun anew elsewhere.
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
      steps: await stepsLogged(undisturbed),
      count: kills,
    });
    const rounds: Round[] = [];
    let done = 0;
    const onKill = () => progress.update(++done);
    while (done < kills) {
      const at = join(folder, `killed-${rounds.length}`);
      const killed = await killUntilDone(at, { most: kills - done, start, drawMoment, onKill });
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
  /** After so many kills the work is left alone. */
  most: number;
  start(at: string): Promise<Deno.ChildProcess>;
  drawMoment(logged: number): Moment;
  onKill(): void;
};

async function killUntilDone(
  at: string,
  { most, start, drawMoment, onKill }: Killing,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  while (kills.length < most) {
    const moment = drawMoment(await stepsLogged(at));
    if (!await killAt(moment, await start(at), at)) return kills;
    kills.push({ moment, logged: await stepsLogged(at) });
    onKill();
  }
  await endOf(await start(at));
  return kills;
}

async function attemptsIn(place: string) {
  return (await listRuns(join(place, "runs"))).flatMap(({ record }) => record.attempts);
}
