/** What a training run offers besides its method: each option's own invariant. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { join } from "node:path";
import type { Streams } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { checkpointed } from "specialist/models";
import { type ArrayToWrite, writeSafetensors } from "specialist/models/files/safetensors.ts";
import {
  createVariables,
  disposeVariables,
  emaDecayAt,
  emaSchema,
  fit,
  learningRateAt,
  learningRateSchema,
  readTrainingState,
  type TrainingHooks,
  trainingSchema,
  type TrainingTask,
  writeTrainingState,
} from "specialist/training";
import { runIn } from "../helpers.ts";
import { normal } from "../tensors.ts";

await useBackend();

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

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
      const { "block.w": w } = await fit({ params, batch, loss }, config, { seed: 0 });
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
    batch: ({ step }, { batchSize }) => ({
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
    const { w } = await fit(task, config, { seed: 0, onStep });
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

describe("a training run that is stopped", () => {
  /** Follows random numbers; `reached` is called when a batch has drawn its own. */
  const taskOf = (reached: (k: number) => void = () => {}): TrainingTask => ({
    params: { w: tf.tensor1d([1, 2]) },
    batch(streams) {
      const x = streams.at("batch").normal();
      reached(streams.step);
      return { x: tf.scalar(x) };
    },
    loss: ({ w }, { x }) => tf.mean(tf.squaredDifference(w, x)),
  });
  const config = trainingSchema.parse({ steps: 6, ema: { decay: 0.5 } });
  const trained = async (task: TrainingTask, hooks: Partial<TrainingHooks>) => {
    const { w } = await fit(task, config, { seed: 0, ...hooks });
    return [...w.dataSync()];
  };

  it("keeps all finished steps, and resumes as if nothing had happened", async () => {
    const whole = await trained(taskOf(), {});
    const stop = new AbortController();
    const inBatch = taskOf((k) => {
      if (k === 3) throw new DOMException("enough", "AbortError");
    });
    const afterStep = (step: number) => step === 2 ? stop.abort(new Error("enough")) : undefined;
    const stops: [TrainingTask, Partial<TrainingHooks>][] = [
      [taskOf(), { signal: stop.signal, onStep: afterStep }],
      [inBatch, {}],
    ];
    for (const [i, [task, hooks]] of stops.entries()) {
      const { run, saved } = runIn(folder);
      await assertRejects(() => trained(task, { run, ...hooks }), Error, "enough");
      assertEquals(saved, [[2], [3]][i]);
      assertEquals(await trained(taskOf(), runIn(folder, saved[0])), whole);
    }
  });
});

describe("checkpoints", () => {
  const task: TrainingTask = {
    params: { w: tf.tensor1d([1, 2]) },
    batch: () => ({}),
    loss: ({ w }) => tf.mean(tf.square(w)),
  };

  /** @param times seconds of each step, and of each time that a checkpoint is written */
  async function savedWith(times: { step: number; save: number }, settings: object) {
    const { run, saved } = runIn(folder);
    let seconds = 0;
    const config = trainingSchema.parse({ steps: 12, ...settings });
    const { w } = await fit(task, config, {
      seed: 0,
      run: {
        ...run,
        async saveCheckpoint(step, write) {
          seconds += times.save;
          await run.saveCheckpoint(step, write);
        },
      },
      now: () => 1000 * seconds,
      onStep: () => void (seconds += times.step),
    });
    w.dispose();
    return saved;
  }

  it("are there after the last step, whatever their interval", async () => {
    assertEquals(await savedWith({ step: 1, save: 1 }, { checkpointEvery: 5 }), [5, 10, 12]);
  });

  it("are written each minute", async () => {
    assertEquals(await savedWith({ step: 20, save: 1 }, {}), [3, 6, 9, 12]);
  });

  it("take no more than a tenth of the time where that is long", async () => {
    assertEquals(await savedWith({ step: 60, save: 18 }, {}), [1, 4, 7, 10, 12]);
  });

  it("call for what a step's hook had not finished when it was aborted", async () => {
    const { run } = runIn(folder);
    const config = trainingSchema.parse({ steps: 3 });
    const onStep = (step: number) => {
      if (step === 2) throw new DOMException("enough", "AbortError");
    };
    await assertRejects(() => fit(task, config, { seed: 0, run, onStep }), Error, "enough");
    const called: [string, number][] = [];
    const { w } = await fit(task, config, {
      seed: 0,
      run: runIn(folder, 2).run,
      onResume: (step) => void called.push(["onResume", step]),
      onStep: (step) => void called.push(["onStep", step]),
    });
    w.dispose();
    assertEquals(called, [["onResume", 2], ["onStep", 3]]);
  });
});

describe("a step that is not finite", () => {
  type Kind = "good" | "bad loss" | "bad gradient";
  const kinds: Kind[] = ["good", "bad loss", "good", "bad gradient", "good", "good"];

  /** Two numbers that come near to another. What each batch was is added to `shown`. */
  function taskOf(kinds: readonly Kind[], shown: string[] = []): TrainingTask {
    const lineOf = (streams: Streams) =>
      `"apple ${streams.at("captions").integer(1000)}", timestep ${
        streams.at("timesteps").integer(1000)
      }`;
    return {
      params: { w: tf.tensor1d([1, 2]) },
      batch(streams) {
        const { step: k } = streams;
        shown.push(lineOf(streams));
        return {
          x: tf.scalar(kinds[k] === "bad loss" ? NaN : 0.5),
          root: tf.scalar(kinds[k] === "bad gradient" ? 0 : 1),
        };
      },
      samples: (streams) => [lineOf(streams)],
      // Where √ is taken of 0, its value is 0, and there is no gradient.
      loss: ({ w }, { x, root }) =>
        tf.mean(tf.add(tf.squaredDifference(w, x), tf.sqrt(tf.mul(root, tf.square(w))))),
    };
  }

  async function trained(task: TrainingTask, more: object, hooks: Partial<TrainingHooks> = {}) {
    const settings = { steps: 6, learningRate: { peak: 0.1 }, ema: { decay: 0.9 } };
    const config = trainingSchema.parse({ ...settings, ...more });
    const { w } = await fit(task, config, { seed: 0, ...hooks });
    const values = [...w.dataSync()];
    w.dispose();
    return values;
  }

  for (
    const [at, what] of [
      [1, "the loss is NaN at step 2"],
      [3, "the gradient's norm is NaN at step 4"],
    ] as const
  ) {
    it(`stops the run: ${what}, of what, and where it can resume`, async () => {
      const shown: string[] = [];
      const task = taskOf(kinds.map((kind, k) => k === at ? kind : "good"), shown);
      const error = await assertRejects(
        () => trained(task, { checkpointEvery: at }, { run: runIn(folder).run }),
        UserError,
      );
      const checkpoint = `the last good checkpoint is that of step ${at}`;
      for (const part of [what, checkpoint, folder, shown[at]]) {
        assertStringIncludes(error.message, part);
      }
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [`${at}`]);
    });
  }

  it("moves nothing where such steps are skipped, which is recorded", async () => {
    const good = kinds.filter((kind) => kind === "good");
    for (const more of [{}, { maxGradNorm: 0.5 }]) {
      const { run, lines } = runIn(folder);
      const skipping = { ...more, onNonFinite: "skip", checkpointEvery: 100 };
      assertEquals(
        await trained(taskOf(kinds), skipping, { run, logEvery: 6 }),
        await trained(taskOf(good), { ...more, steps: good.length }),
      );
      assertEquals(lines.map(({ step, skipped }) => [step, skipped]), [[2, 1], [4, 2], [6, 2]]);
      assertEquals(lines.map(({ gradNorm }) => gradNorm > 0), [false, false, true]);
    }
  });

  it("moves nothing where one of a step's batches is such a one", async () => {
    const pairs: Kind[] = ["good", "good", "good", "bad loss", "bad gradient", "good"];
    const skipping = { accumulate: 2, onNonFinite: "skip" };
    assertEquals(
      await trained(taskOf([...pairs, "good", "good"]), { ...skipping, steps: 4 }),
      await trained(taskOf(Array(4).fill("good")), { accumulate: 2, steps: 2 }),
    );
  });

  it("is counted on from a checkpoint", async () => {
    const settings = { onNonFinite: "skip", checkpointEvery: 3 };
    const whole = await trained(taskOf(kinds), settings, { run: runIn(folder).run });
    const { run, lines } = runIn(folder, 3);
    assertEquals(await trained(taskOf(kinds), settings, { run, logEvery: 6 }), whole);
    assertEquals(lines.map(({ skipped }) => skipped), [2, 2]);
  });
});

describe("a checkpoint", () => {
  it("is refused where its numbers are not of the shape and type of the training's", async () => {
    const folder = await Deno.makeTempDir();
    const weights = createVariables({ bias: tf.zeros([2]) });
    const path = join(folder, "weights.safetensors");
    await writeTrainingState(folder, { weights }, { step: 1, skipped: 0 });
    const others: ArrayToWrite[] = [
      { shape: [2], dtype: "I32", data: Int32Array.of(1, 2) },
      { shape: [1], dtype: "F32", data: Float32Array.of(1) },
    ];
    for (const bias of others) {
      await writeSafetensors(path, { bias });
      const error = await assertRejects(() => readTrainingState(folder, { weights }), UserError);
      assertStringIncludes(
        error.message,
        `${path}: the checkpoint has no bias of the shape and type`,
      );
    }
    disposeVariables(weights);
    await Deno.remove(folder, { recursive: true });
  });
});
