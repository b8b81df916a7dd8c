/** How long a training has taken, whatever else was done between its steps. */
import { readMetrics, type Run } from "specialist/records/mod.ts";

/**
 * A clock that stands until `start`. A run that goes on from a checkpoint has the seconds before it.
 *
 * ```ts
 * const clock = await trainingClock(run);
 * await train(task, config, { run: clock.run, … });
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
