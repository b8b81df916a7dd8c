/** Sweeps in processes of their own, each with a place for its runs and results in one folder. */
import { join } from "node:path";
import { readMetrics, readRunRecord, type RunRecord } from "specialist/internal/runtime/mod.ts";

const here = import.meta.dirname!;
const decoder = new TextDecoder();

type Ended = { code: number; out: string; err: string };

/** How far the run of a method is; "loading" before it has a record. */
export type Progress = { status: string; step: number };

export type SweepRuns = {
  /** Starts `sweep` with a file of this folder, as "tiny_sweep". */
  start(name: string, place: string, ...options: string[]): Deno.ChildProcess;
  sweep(name: string, place: string, ...options: string[]): Promise<Ended>;
  status(name: string, place: string): Promise<Ended>;
  collect(name: string, place: string): Promise<Ended>;
  /** Its table with all digits. */
  tableIn(place: string): Promise<string>;
  recordsIn(place: string): Promise<RunRecord[]>;
  progressOf(method: string, place: string): Promise<Progress>;
};

/** @param folder the working directory, which has the model in `base` */
export function sweepRuns(folder: string): SweepRuns {
  const runsIn = (place: string) => join(folder, place, "runs");
  const resultsOf = (place: string) => join(folder, place, "results");

  function spawn(command: string, name: string, ...options: string[]): Deno.ChildProcess {
    const file = join(here, `${name}.ts`);
    return new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        join(here, "..", "..", "..", "experiments", "main.ts"),
        command,
        file,
        ...options,
      ],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();
  }

  async function endOf(child: Deno.ChildProcess): Promise<Ended> {
    const { code, stdout, stderr } = await child.output();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  }

  const placed = (place: string) => ["--runs", runsIn(place), "--output", resultsOf(place)];
  const start: SweepRuns["start"] = (name, place, ...options) =>
    spawn("sweep", name, ...placed(place), ...options);

  return {
    start,
    sweep: (...args) => endOf(start(...args)),
    status: (name, place) => endOf(spawn("sweep-status", name, "--runs", runsIn(place))),
    collect: (name, place) => endOf(spawn("sweep-collect", name, ...placed(place))),
    tableIn: (place) => Deno.readTextFile(join(resultsOf(place), "tables.csv")),
    recordsIn: (place) =>
      Promise.all(foldersIn(runsIn(place)).map((name) => readRunRecord(join(runsIn(place), name)))),
    async progressOf(method, place) {
      const run = foldersIn(runsIn(place)).find((name) => name.startsWith(method));
      if (!run) return { status: "waiting", step: 0 };
      const at = join(runsIn(place), run);
      const record = await readRunRecord(at).catch(() => undefined);
      const step = (await readMetrics(at)).at(-1)?.step ?? 0;
      return { status: record?.status ?? "loading", step };
    },
  };
}

/** None where there is no such folder. */
function foldersIn(parent: string): string[] {
  try {
    return [...Deno.readDirSync(parent)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** Processes whose command line names `text`; none elsewhere than on Linux. */
export function processesNaming(text: string): number[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
    .filter((pid) => pid > 0 && pid !== Deno.pid && commandLine(pid).includes(text));
}

/** Ends such a process at once, if it has not ended by itself. */
export function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function commandLine(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`);
  } catch {
    return "";
  }
}
