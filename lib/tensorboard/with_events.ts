import { join } from "node:path";
import { readMetrics, type Run } from "../records/mod.ts";
import { createEventWriter } from "./event_writer.ts";

/**
 * Does `work` with a run whose metrics go to an event file too, in its folder `tensorboard`. The file
 * is begun anew from `metrics.jsonl`, so that a run that goes on from a checkpoint has each step once.
 *
 * @throws UserError where it is not TensorFlow that computes; and whatever `work` throws
 */
export async function withEvents<T>(run: Run, work: (run: Run) => Promise<T>): Promise<T> {
  const folder = join(run.folder, "tensorboard");
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  using writer = createEventWriter(folder);
  for (const line of await readMetrics(run.folder)) writer.write(line);
  return await work({
    ...run,
    async log(line) {
      await run.log(line);
      writer.write(line);
    },
  });
}
