import { join } from "node:path";
import type { MetricLine } from "specialist/records/mod.ts";
import type { TrainingHooks } from "specialist/training/mod.ts";

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
