/** A run that takes no time: six steps whose state is a sum. */
import { join } from "node:path";
import { Interrupted } from "specialist/errors/mod.ts";
import type { Run, RunIdentity } from "specialist/records/mod.ts";

export const identity: RunIdentity = {
  kind: "train",
  config: { seed: 1, training: { batchSize: 4, steps: 6 } },
  seed: 1,
  versions: { specialist: "0.1.0" },
  datasets: { shots: "ab" },
};

/** Writes a checkpoint after every second step; stops after `stopAt`. */
export async function sumSteps(run: Run, stopAt = Infinity): Promise<{ sum: number }> {
  const file = (folder: string) => join(folder, "sum.json");
  let sum = run.checkpoint ? JSON.parse(await Deno.readTextFile(file(run.checkpoint.folder))) : 0;
  for (let step = (run.checkpoint?.step ?? 0) + 1; step <= 6; step++) {
    sum += step ** 2;
    await run.log({ step, sum });
    if (step % 2 === 0) {
      await run.saveCheckpoint(step, (folder) => Deno.writeTextFile(file(folder), `${sum}`));
    }
    if (step === stopAt) throw new Interrupted("SIGINT");
  }
  return { sum };
}
