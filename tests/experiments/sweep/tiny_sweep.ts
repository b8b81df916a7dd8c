/** Runs that take seconds; the model is in the folder `base` of the working directory. */
import { defineSweep, over, variants } from "experiments/sweep/mod.ts";

export default defineSweep({
  title: "Tiny",
  base: {
    model: "base",
    style: "openmoji",
    training: { steps: 8, batchSize: 2, checkpointEvery: 2 },
    sampling: { steps: 2, guidanceScale: 2 },
    evaluation: { concepts: 8, every: 4, curveConcepts: 2 },
  },
  axes: [
    variants("method", {
      "whole U-Net": { method: { method: "full" } },
      "LoRA": { method: { method: "lora" } },
    }),
    over("seed", [0]),
  ],
  baseline: "base model",
});
