import { createVariables, disposeVariables } from "specialist/nn/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { readTrainingState, writeTrainingState } from "specialist/training/training_state.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const weights = createVariables({
  "conv_in.weight": tf.ones([3, 3, 2, 2]),
  "proj.bias": tf.ones([2]),
});
const groups = { weights };

export const target = defineTarget({
  title: "checkpoints of a training",
  seeds: async () => [
    await seedFrom((folder) => writeTrainingState(folder, groups, { step: 7, skipped: 2 })),
  ],
  read: (folder) => readTrainingState(folder, groups),
  check({ step, skipped }) {
    requireThat(Number.isSafeInteger(step) && step >= 0, `its step is ${step}`);
    requireThat(Number.isSafeInteger(skipped) && skipped >= 0, `it has skipped ${skipped} steps`);
  },
});
addEventListener("unload", () => disposeVariables(weights));
