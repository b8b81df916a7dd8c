import { createVariables, disposeVariables } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { readTrainingState, writeTrainingState } from "specialist/training/training_state.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const random = createRandom("state");
const weights = createVariables({
  "conv_in.weight": tf.ones([3, 3, 2, 2]),
  "proj.bias": tf.ones([2]),
});
const groups = { weights };

export const target = defineTarget({
  title: "checkpoints of a training",
  seeds: async () => [
    await seedFrom((folder) =>
      writeTrainingState(folder, groups, { step: 7, skipped: 0, random: random.state() })
    ),
  ],
  read: (folder) => readTrainingState(folder, groups),
  check({ step, random: state }) {
    requireThat(Number.isSafeInteger(step) && step >= 0, `its step is ${step}`);
    random.restore(state);
    requireThat(random.next() < 1, "its random stream is none");
  },
});
addEventListener("unload", () => disposeVariables(weights));
