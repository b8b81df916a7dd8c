/** Metrics for TensorBoard. */
import { join } from "node:path";
import { type MetricLine, readMetrics, type Run, UserError } from "../internal/runtime/mod.ts";
import { rawOp, tensorFlow, tf } from "../internal/tensor/mod.ts";

/** Writes the scalars of metric lines, each of which is in the file when `write` is done. */
export type EventWriter = Disposable & { write(line: MetricLine): void };

/**
 * Begins an event file, `events.out.tfevents.….v2`, in a folder, by TensorFlow's summary ops. A metric
 * such as "fixedNoiseLoss.shots" becomes the tag "fixedNoiseLoss/shots", which TensorBoard shows in the group
 * "fixedNoiseLoss".
 *
 * @throws UserError where it is not TensorFlow that computes
 */
export function createEventWriter(folder: string): EventWriter {
  const backend = tensorFlow();
  if (!backend) {
    throw new UserError({
      what: "event files are written by TensorFlow, which is not what computes here",
      field: "tensorboard",
      remedy: 'leave it out; "deno task doctor" says why TensorFlow is unavailable',
    });
  }
  const writer = backend.summaryWriter(folder);
  const queued = 10, flushMilliseconds = 120_000;
  tf.tidy(() => backend.createSummaryFileWriter(writer, folder, queued, flushMilliseconds, ".v2"));
  return {
    write({ step, ...values }) {
      for (const [name, value] of Object.entries(values)) {
        backend.writeScalarSummary(writer, step, name.replaceAll(".", "/"), value);
      }
      backend.flushSummaryWriter(writer);
    },
    [Symbol.dispose]() {
      rawOp("CloseSummaryWriter", [], [writer], 0);
      writer.dispose();
    },
  };
}

/**
 * Does `work` with a run whose metrics go to an event file too, in its folder `tensorboard`. The file
 * is rewritten from `metrics.jsonl`, so that a run that resumes from a checkpoint has each step
 * once.
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
