/** A run in a process of its own, which may outlive this one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { confine } from "specialist/permissions/mod.ts";
import { failRun, isRunLocked } from "specialist/records/mod.ts";
import { isEagerForced } from "specialist/tensorflow/eager.ts";
import type { PlannedRun } from "./plan.ts";
import { configFile, logFile, sourceFile } from "./run_files.ts";

/** What it takes to do a run whose configuration is in its folder. */
export type PreparedRun = Pick<PlannedRun, "folder" | "identity">;

export type Child = {
  /** Asks the run to stop; it can go on from there later. */
  stop(): void;
  /** Ends its process at once, as a crash does. */
  kill(): void;
  /** Settles once the process has ended and its run's record says how. */
  ended: Promise<void>;
};

const main = join(import.meta.dirname!, "..", "..", "cli", "main.ts");

/** Ends of a process that was asked to stop. */
const stopped = new Set<unknown>([130, 143, "SIGINT", "SIGTERM"]);

/** Of the log, where the run's record says nothing. */
const longestExcerpt = 1500;

/**
 * Starts the run whose configuration is in its folder; what it writes to the terminal goes to a
 * file there. It is in a process group of its own: Ctrl-C reaches it through `stop` only.
 */
export function performInChild(run: PreparedRun, threads: number): Child {
  const { folder } = run;
  const log = openSync(logFile(folder), "a");
  const start = fstatSync(log).size;
  const eager = isEagerForced() ? ["--eager"] : [];
  const { args, env } = confine({ writes: [folder] });
  const child = spawn(
    Deno.execPath(),
    [...args, main, ...commandFor(folder), ...eager],
    {
      stdio: ["ignore", log, log],
      detached: true,
      env: {
        ...Deno.env.toObject(),
        ...env,
        SPECIALIST_THREADS: `${threads}`,
        NO_COLOR: "1",
        // Models from the Hub were fetched when the run was planned.
        HF_HUB_OFFLINE: "1",
      },
    },
  );
  closeSync(log);
  const ended = once(child, "exit")
    .then(([code, signal]) => recordEnd(run, code ?? signal, start));
  return { stop: () => child.kill("SIGINT"), kill: () => child.kill("SIGKILL"), ended };
}

/** `train` with the run's configuration, or what takes its method from the sweep's file. */
function commandFor(folder: string): string[] {
  return existsSync(sourceFile(folder))
    ? ["sweep-run", folder]
    : ["train", "--config", configFile(folder)];
}

/** A process that fails before its run begins, or is killed, leaves no word of it in the record. */
async function recordEnd(
  { folder, identity }: PreparedRun,
  end: number | string,
  logStart: number,
): Promise<void> {
  if (end === 0 || stopped.has(end) || await isRunLocked(folder)) return;
  const how = typeof end === "number" ? `the process ended with code ${end}` : `killed by ${end}`;
  const log = (await Deno.readTextFile(logFile(folder))).slice(logStart).trim();
  await failRun(folder, identity, [how, log.slice(-longestExcerpt)].filter(Boolean).join("\n"));
}
