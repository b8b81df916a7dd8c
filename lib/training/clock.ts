/** The times of steps and phases of a run. */
import { readMetrics, type Run } from "../internal/runtime/mod.ts";

export type Phase = { name: string; seconds: number };

/** Times each part of a run. */
export function createPhases() {
  const phases: Phase[] = [];
  return {
    async measure<T>(name: string, work: () => Promise<T>): Promise<T> {
      const started = performance.now();
      try {
        return await work();
      } finally {
        phases.push({ name, seconds: (performance.now() - started) / 1000 });
      }
    },
    all: () => phases,
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
      async saveCheckpoint(step, write) {
        await run.log({ step, trainingSeconds: clock.seconds() });
        await run.saveCheckpoint(step, write);
      },
    } satisfies Run as Run,
  };
  return clock;
}

async function secondsBefore({ folder, checkpoint }: Run): Promise<number> {
  if (!checkpoint) return 0;
  const lines = await readMetrics(folder);
  return lines.findLast((line) => "trainingSeconds" in line)?.trainingSeconds ?? 0;
}
