import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Moment, stepsLogged } from "./moments.ts";
import type { WorkName, WorkOptions } from "./works.ts";

const worker = join(import.meta.dirname!, "worker.ts");

/** Where a process works, and with what. */
export type Place = { folder: string; threads: number; signal?: AbortSignal };

/** Milliseconds between looks at how far a process is. */
const interval = 20;

/** Starts a piece of work, or goes on with it. */
export async function startWork(
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
export async function endOf(process: Deno.ChildProcess): Promise<void> {
  const { success, stderr } = await process.output();
  if (!success) throw failure(stderr);
}

/**
 * Kills a process at a moment, and answers whether it was not done before.
 *
 * @param folder where it works
 * @throws Error with the process's last words if it fails by itself
 */
export async function killAt(
  moment: Moment,
  process: Deno.ChildProcess,
  folder: string,
): Promise<boolean> {
  let ended = false;
  const output = process.output().finally(() => ended = true);
  const started = performance.now();
  const isDue = async () =>
    "seconds" in moment
      ? performance.now() - started >= 1000 * moment.seconds
      : await stepsLogged(folder) >= moment.steps;
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
