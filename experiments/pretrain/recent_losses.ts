/** The mean loss of the last hundred steps, of those before an interruption too. */
import { join } from "node:path";
import { mean } from "simple-statistics";
import { z } from "zod";
import { readJson, writeAtomically } from "specialist/files/mod.ts";
import type { Run } from "specialist/records/mod.ts";

const count = 100;
const schema = z.array(z.number()).max(count);
const fileIn = (folder: string) => join(folder, "losses.json");

/** The losses of a run that goes on from its checkpoint, or starts. */
export async function recentLosses(run: Run) {
  const losses = run.checkpoint ? await readJson(fileIn(run.checkpoint.folder), schema) : [];
  return {
    add(loss: number) {
      losses.push(loss);
      if (losses.length > count) losses.shift();
    },
    mean: () => mean(losses),
    /** The run, whose checkpoints hold the losses too. */
    run: {
      ...run,
      saveCheckpoint: (step, write) =>
        run.saveCheckpoint(step, async (folder) => {
          await write(folder);
          await writeAtomically(fileIn(folder), JSON.stringify(losses));
        }),
    } satisfies Run as Run,
  };
}
