/** Helpers of tests: an environment variable that is set back, and a run in a folder. */
import { join } from "node:path";
import process from "node:process";
import type { MetricLine } from "specialist/internal/runtime/mod.ts";
import type { TrainingHooks } from "specialist/training";

/** Runs `body` with an environment variable set to `value`, and sets it back. */
export async function withVariable<T>(
  name: string,
  value: string,
  body: () => T | Promise<T>,
): Promise<T> {
  const former = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    return await body();
  } finally {
    if (former === undefined) Deno.env.delete(name);
    else Deno.env.set(name, former);
  }
}

/** What `body` writes to standard error in lines, as progress in a log. */
export async function linesOfErrors(body: () => unknown): Promise<string[]> {
  const { error } = console, { isTTY } = process.stderr;
  const lines: string[] = [];
  console.error = (line: string) => lines.push(line);
  process.stderr.isTTY = false;
  try {
    await body();
  } finally {
    console.error = error;
    process.stderr.isTTY = isTTY;
  }
  return lines;
}

/** Those of progress lines that are the last of their bar and show that something was left. */
export function unfinishedBars(lines: readonly string[]): string[] {
  return lines.filter((line) => / · took /.test(line) && !/: 100% /.test(line) && /%/.test(line));
}

/** A run whose checkpoints lie in `folder`, each under its step. */
export function runIn(folder: string, from?: number) {
  const saved: number[] = [], lines: MetricLine[] = [];
  const folderOf = (step: number) => join(folder, `${step}`);
  const run: NonNullable<TrainingHooks["run"]> = {
    folder,
    checkpoint: from === undefined ? undefined : { step: from, folder: folderOf(from) },
    async saveCheckpoint(step, write) {
      await Deno.mkdir(folderOf(step), { recursive: true });
      await write(folderOf(step));
      saved.push(step);
    },
    log: (line) => Promise.resolve(void lines.push(line)),
  };
  return { run, saved, lines };
}
