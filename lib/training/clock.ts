/** The times of steps and phases of a run. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, readMetrics, type Run, writeAtomically } from "../internal/runtime/mod.ts";

export type Phase = { name: string; seconds: number };

export const phaseSchema = z.strictObject({ name: z.string(), seconds: z.number() });

/**
 * Times each part of a run.
 *
 * @param earlier those that it had before it was interrupted, to whose times it adds
 * @param onEnd called with all of them when one ends, however it does
 */
export function createPhases(
  earlier: readonly Phase[] = [],
  onEnd?: (phases: readonly Phase[]) => Promise<void>,
) {
  const phases = new Map(earlier.map(({ name, seconds }) => [name, seconds]));
  const all = () => Array.from(phases, ([name, seconds]) => ({ name, seconds }));
  return {
    async measure<T>(name: string, work: () => Promise<T>): Promise<T> {
      const started = performance.now();
      try {
        return await work();
      } finally {
        const seconds = (performance.now() - started) / 1000;
        phases.set(name, (phases.get(name) ?? 0) + seconds);
        await onEnd?.(all());
      }
    },
    all,
  };
}

/**
 * A clock that stands until `start`: for the time that the steps take, whatever else is done between
 * them. A run that resumes from a checkpoint has the seconds before it.
 *
 * ```ts
 * const clock = await trainingClock(run);
 * await fit(task, config, { run: clock.run, … });
 * ```
 */
export async function trainingClock(run: Run) {
  let seconds = await secondsBefore(run);
  let started: number | undefined;
  const clock = {
    seconds: () => seconds + (started === undefined ? 0 : (performance.now() - started) / 1000),
    start() {
      started ??= performance.now();
    },
    stop() {
      seconds = clock.seconds();
      started = undefined;
    },
    /** The run, whose checkpoints know the seconds too. */
    run: {
      ...run,
      saveCheckpoint: (step, write) =>
        run.saveCheckpoint(step, async (folder) => {
          await write(folder);
          await writeAtomically(fileIn(folder), JSON.stringify(clock.seconds()));
        }),
    } satisfies Run as Run,
  };
  return clock;
}

const fileIn = (checkpoint: string) => join(checkpoint, "seconds.json");

async function secondsBefore({ folder, checkpoint }: Run): Promise<number> {
  if (!checkpoint) return 0;
  const file = fileIn(checkpoint.folder);
  if (existsSync(file)) return await readJson(file, z.number().min(0));
  // Checkpoints of earlier versions have them in the metrics.
  const lines = await readMetrics(folder);
  return lines.findLast((line) => "trainingSeconds" in line)?.trainingSeconds ?? 0;
}
