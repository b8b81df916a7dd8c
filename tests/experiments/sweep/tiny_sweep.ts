/** Runs that take seconds; the model is in the folder `base` of the working directory. */
import { defineSweep, over, variants } from "experiments/sweep/mod.ts";
import { full, type Loss, tf } from "specialist";

/** A loss of this file's own: the method that has it is a value, not a recipe's settings. */
const small: Loss = {
  name: "small",
  weight: 0.01,
  value: ({ prediction }) => tf.mean(tf.square(prediction)),
};

export default defineSweep({
  title: "Tiny",
  base: {
    model: "base",
    style: "openmoji",
    training: { steps: 8, batchSize: 2, checkpointEvery: 2, sharesEvery: 0 },
    sampling: { steps: 2, guidanceScale: 2 },
    evaluation: { concepts: 8, every: 4, curveConcepts: 2 },
  },
  axes: [
    variants("method", {
      "whole U-Net": { method: full({ losses: [small] }) },
      "LoRA": { method: { method: "lora" } },
    }),
    over("seed", [0]),
  ],
  baseline: "base model",
});
