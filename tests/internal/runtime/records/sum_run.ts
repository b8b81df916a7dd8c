/** A run that takes no time: six steps whose state is a sum. */
import { join } from "node:path";
import { Interrupted, type Run, type RunIdentity } from "specialist/internal/runtime/mod.ts";

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

/** Does `work` with a clock that can be set, as by `set("1999-01-01")`, and runs on from there. */
export async function withClock(work: (set: (time: string) => void) => Promise<void>) {
  const original = Date;
  let shift = 0;
  globalThis.Date = class extends original {
    constructor(...args: unknown[]) {
      super(...(args.length === 0 ? [original.now() + shift] : args) as [number]);
    }
    static override now = () => original.now() + shift;
  } as DateConstructor;
  try {
    await work((time) => shift = original.parse(time) - original.now());
  } finally {
    globalThis.Date = original;
  }
}
