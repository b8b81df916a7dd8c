/** What is killed: runs of seconds, each in the working directory of its process. */
import { loadBaseData } from "experiments/pretrain/base_data.ts";
import { pretrainSchema } from "experiments/pretrain/config.ts";
import { runPretrain } from "experiments/pretrain/pretrain.ts";
import { runTrain } from "experiments/train/train.ts";
import { trainSchema } from "specialist";
import type { WorkName } from "./report.ts";
import { tinyPretraining } from "./tiny_model.ts";

/** Sizes of a piece of work. */
export type WorkOptions = { model: string; steps: number };

/** Steps from one checkpoint to the next. */
const checkpointEvery = 3;

/** The curves have a point at the last step, which measures the weights in full precision. */
const trainingOf = (steps: number) => ({
  steps,
  batchSize: 2,
  checkpointEvery,
  ema: { decay: 0.9 },
});

const works: Record<WorkName, (options: WorkOptions) => Promise<unknown>> = {
  adapt: ({ model, steps }) =>
    runTrain(trainSchema.parse({
      model,
      method: { method: "specialist", contentLoss: { steps: 4 } },
      training: trainingOf(steps),
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 8, every: 10, curveConcepts: 2 },
      validation: { every: 4, prompts: ["a castle"] },
    })),
  pretrain: ({ steps }) => {
    const config = pretrainSchema.parse({
      output: "model",
      ...tinyPretraining(trainingOf(steps)),
    });
    return runPretrain(config, undefined, async () => {
      const { drawings, emoji } = await loadBaseData();
      return { emoji, drawings: drawings.filter((_, i) => i % 300 === 0) };
    });
  },
};

// A piece of work in a process of its own, which may be killed at any moment.

if (import.meta.main) {
  const [name, options] = Deno.args;
  await works[name as WorkName](JSON.parse(options));
}
