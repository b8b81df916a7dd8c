/** What a training offers beside its method: each option's own invariant. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { checkpointed } from "specialist/nn/mod.ts";
import { tf, useBackend } from "specialist/tensorflow/mod.ts";
import {
  emaDecayAt,
  emaSchema,
  learningRateAt,
  learningRateSchema,
  train,
  trainingSchema,
  type TrainingTask,
} from "specialist/training/mod.ts";
import { normal } from "./tensors.ts";

await useBackend();

describe("the learning rate", () => {
  const steps = 100;
  const course = (settings: object) => {
    const config = learningRateSchema.parse({ peak: 2, warmup: 4, ...settings });
    return Array.from({ length: steps + 1 }, (_, k) => learningRateAt(config, k, steps));
  };

  it("rises along a line, whatever follows", () => {
    for (const schedule of ["constant", "linear", "cosine", "multistep"]) {
      course({ schedule }).slice(0, 5)
        .forEach((rate, k) => assertAlmostEquals(rate, 2 * (k + 1) / 5, 1e-12));
    }
  });

  it("stays, or falls to the floor: half-way in the middle", () => {
    assertEquals(new Set(course({ schedule: "constant" }).slice(4)), new Set([2]));
    for (const schedule of ["linear", "cosine"]) {
      const rates = course({ schedule, floor: 0.1 });
      assertAlmostEquals(rates[52], 2 * 0.55, 1e-12);
      assertAlmostEquals(rates[steps], 2 * 0.1, 1e-12);
      assert(rates.slice(5).every((rate, i) => rate < rates[4 + i]), schedule);
    }
  });

  it("is multiplied at each milestone", () => {
    const rates = course({ schedule: "multistep", milestones: [10, 20], gamma: 0.5 });
    assertEquals([9, 10, 19, 20].map((k) => rates[k]), [2, 1, 1, 0.5]);
  });
});

describe("the moving average's decay", () => {
  it("begins at zero and never falls, up to what is asked for", () => {
    for (const warmup of ["ratio", "power"]) {
      const config = emaSchema.parse({ decay: 0.9, warmup });
      const decays = Array.from({ length: 200 }, (_, k) => emaDecayAt(config, k));
      assertEquals([decays[0], decays.at(-1)], [0, 0.9]);
      assert(decays.every((decay, k) => k === 0 || decay >= decays[k - 1]));
    }
  });
});

describe("gradient checkpointing", () => {
  it("computes a block once more for its gradient, and to the same end", async () => {
    const trained = async (settings: object) => {
      let computed = 0;
      const loss: TrainingTask["loss"] = (params, { x }) =>
        tf.mean(checkpointed(
          params,
          "block",
          ({ "block.w": w }, x) => {
            computed++;
            return tf.square(tf.mul(w, x));
          },
          [x],
        ));
      const params = { "block.w": normal([3], 1) };
      const batch = () => ({ x: normal([2, 3], 2) });
      const config = trainingSchema.parse({ steps: 2, ...settings });
      const { "block.w": w } = await train({ params, batch, loss }, config, { seed: 0 });
      return { w: [...w.dataSync()], computed };
    };
    const plain = await trained({}), checkpointing = await trained({ gradientCheckpointing: true });
    assertEquals(checkpointing.computed, 2 * plain.computed);
    checkpointing.w.forEach((value, i) => assertAlmostEquals(value, plain.w[i], 1e-6));
  });
});

describe("accumulated gradients", () => {
  const [rows, width] = [24, 3];
  const xs = normal([rows, width], 1), ys = normal([rows, 1], 2);

  /** Least squares, on the rows in their order. */
  const task: TrainingTask = {
    params: { w: normal([width, 1], 3) },
    batch: (_random, step, { batchSize }) => ({
      x: tf.slice(xs, [step * batchSize, 0], [batchSize, width]),
      y: tf.slice(ys, [step * batchSize, 0], [batchSize, 1]),
    }),
    loss: ({ w }, { x, y }) => tf.mean(tf.squaredDifference(tf.matMul(x as never, w as never), y)),
  };

  async function trained(settings: object): Promise<{ w: number[]; losses: number[] }> {
    const losses: number[] = [];
    const config = trainingSchema.parse({
      learningRate: { peak: 0.1 },
      maxGradNorm: 0.5,
      ema: { decay: 0.5 },
      ...settings,
    });
    const onStep = (_: number, loss: number) => void losses.push(loss);
    const { w } = await train(task, config, { seed: 0, onStep });
    const values = [...w.dataSync()];
    w.dispose();
    return { w: values, losses };
  }

  it("of K batches of n are those of one batch of K n: the same losses and weights", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom([2, 1], [2, 3], [3, 2], [4, 2]), async ([k, n]) => {
        const steps = rows / (k * n);
        const one = await trained({ steps, batchSize: k * n });
        const several = await trained({ steps, batchSize: n, accumulate: k });
        for (const name of ["w", "losses"] as const) {
          one[name].forEach((value, i) => assertAlmostEquals(several[name][i], value, 1e-5));
        }
      }),
      { seed: 1, numRuns: 6 },
    );
  });

  it("leave no tensors", async () => {
    const before = tf.memory().numTensors;
    await trained({ steps: 2, batchSize: 2, accumulate: 2 });
    assertEquals(tf.memory().numTensors, before);
  });
});
