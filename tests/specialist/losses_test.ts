/** Losses by name: what is recorded of each, and what a loss of one's own may do. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { addNoise } from "specialist/diffusion";
import { type MetricLine, UserError } from "specialist/internal/runtime/mod.ts";
import { type Tensor1D, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  contentLoss,
  denoisingLoss,
  type Loss,
  newToken,
  type StepContext,
  textualInversion,
} from "specialist/specialist";
import { type Batch, fit, type Terms, trainingSchema } from "specialist/training";
import { runIn } from "../helpers.ts";
import {
  model,
  prepareTiny,
  shots,
  tinyContent,
  tinyMethods,
  tinyTraining,
} from "./tiny_methods.ts";

await useBackend();

/** Trains, and answers with the weights and the recorded lines. */
async function trained<B extends object>(
  task: Parameters<typeof fit<B>>[0],
  settings: object,
  hooks: { logEvery?: number; seed?: number } = {},
) {
  const { run, lines } = runIn("unused");
  const config = trainingSchema.parse({ learningRate: { peak: 0.1 }, ...settings });
  const params = await fit(task, config, {
    seed: 0,
    ...hooks,
    run: { ...run, saveCheckpoint: () => Promise.resolve() },
  });
  const weights = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, [...value.dataSync()]]),
  );
  tf.dispose(params);
  return { weights, lines };
}

const fieldsOf = (line: MetricLine, prefix: string) =>
  Object.keys(line).filter((name) => name.startsWith(prefix));

describe("a task's losses", () => {
  const start = { a: tf.tensor1d([3, 4]), b: tf.tensor1d([1]) };

  /** ‖a − x‖² at every step and, with weight 0.25, 2 ‖a‖ + 6 |b| at every third. */
  const task = {
    params: start,
    losses: ({ step }: { step: number }) => step % 3 === 0 ? ["near", "small"] : ["near"],
    batch: ({ step }: { step: number }): Batch => ({
      x: tf.tensor1d([step / 10, 0]),
      ...step % 3 === 0 && { scale: tf.scalar(2) },
    }),
    loss: ({ a, b }: Batch, { x, scale }: Batch): Terms => ({
      near: { value: tf.sum(tf.squaredDifference(a, x)), weight: 1 },
      ...scale && {
        small: {
          value: tf.add(tf.mul(scale, tf.norm(a)), tf.mul(6, tf.sum(tf.abs(b)))),
          weight: 0.25,
        },
      },
    }),
  };

  it("are recorded by name, with weights and shares of the gradient", async () => {
    const { lines: [line] } = await trained(task, { steps: 1 });
    assertAlmostEquals(line["loss.near"], 25, 1e-5);
    assertAlmostEquals(line["loss.small"], 2 * 5 + 6, 1e-5);
    assertAlmostEquals(line.loss, 25 + 0.25 * 16, 1e-5);
    assertEquals([line["weight.near"], line["weight.small"]], [1, 0.25]);
    // The gradient's norms are 2 ‖a‖ and, times the weight, √(2² + 6²).
    const [near, small] = [10, 0.25 * Math.hypot(2, 6)];
    assertAlmostEquals(line["share.near"], near / (near + small), 1e-5);
    assertAlmostEquals(line["share.small"], small / (near + small), 1e-5);
  });

  it("are recorded where one begins that not every step has", async () => {
    const { lines } = await trained(task, { steps: 9 }, { logEvery: 5 });
    assertEquals(lines.map(({ step }) => step), [1, 4, 5, 7]);
    for (const line of lines) {
      const names = line.step % 3 === 1 ? ["loss.near", "loss.small"] : ["loss.near"];
      assertEquals(fieldsOf(line, "loss."), names);
    }
  });

  it("have their shares measured once in `every` steps", async () => {
    const settings = { steps: 12, sharesEvery: 4 };
    const { lines } = await trained(task, settings, { logEvery: 1 });
    const measured = lines.filter((line) => fieldsOf(line, "share.").length > 0);
    // The first of steps 1 to 4, of 5 to 8 and of 9 to 12 that has both.
    assertEquals(measured.map(({ step }) => step), [1, 7, 10]);
    for (const line of measured) {
      assertAlmostEquals(line["share.near"] + line["share.small"], 1, 1e-6);
      assertEquals(fieldsOf(line, "weight."), ["weight.near", "weight.small"]);
    }
  });

  it("are trained the same, bit by bit, whether shares are measured or not", async () => {
    for (const accumulate of [undefined, 2]) {
      const settings = { steps: 8, accumulate, maxGradNorm: 1, ema: { decay: 0.5 } };
      const { weights: often } = await trained(task, { ...settings, sharesEvery: 1 });
      const { weights: seldom } = await trained(task, { ...settings, sharesEvery: 100 });
      const { weights: never } = await trained({ ...task, losses: undefined }, settings);
      assertEquals(seldom, often);
      assertEquals(never, often);
    }
  });

  it("leave no tensors", async () => {
    await trained(task, { steps: 1 });
    const before = tf.memory().numTensors;
    await trained(task, { steps: 4, sharesEvery: 1 });
    await trained(task, { steps: 4, sharesEvery: 1, accumulate: 2 });
    assertEquals(tf.memory().numTensors, before);
  });

  it("may leave parameters out: these have no gradient, and stay", async () => {
    const onA = {
      params: start,
      losses: () => ["near", "constant"],
      batch: () => ({ x: tf.scalar(1) }),
      loss: ({ a }: Batch, { x }: Batch): Terms => ({
        near: { value: tf.sum(tf.squaredDifference(a, x)), weight: 1 },
        constant: { value: tf.add(x, 1), weight: 2 },
      }),
    };
    const { weights, lines: [line] } = await trained(onA, {
      steps: 3,
      adamW: { weightDecay: 0 },
    });
    assertEquals(weights.b, [1]);
    assert(weights.a[0] < 3);
    assertEquals([line["loss.constant"], line["share.constant"], line["share.near"]], [2, 0, 1]);
  });

  it("are one number where there is one without a name", async () => {
    const { lines: [line] } = await trained(
      {
        params: start,
        batch: () => ({ x: tf.scalar(0) }),
        loss: ({ a }: Batch, { x }: Batch) => tf.sum(tf.squaredDifference(a, x)),
      },
      { steps: 1 },
      { logEvery: 1 },
    );
    assertEquals(Object.keys(line), ["step", "loss", "gradNorm", "learningRate"]);
  });

  it("are named where one of them is not finite", async () => {
    const broken = {
      ...task,
      batch: ({ step }: { step: number }) => ({
        ...task.batch({ step }),
        ...step === 3 && { scale: tf.scalar(NaN) },
      }),
    };
    await assertRejects(
      () => trained(broken, { steps: 6 }),
      UserError,
      "the loss is NaN (small: NaN) at step 4",
    );
  });

  describe("under gradient accumulation", () => {
    it("are those of all batches in one", async () => {
      // Its batches are numbered, and each holds its number.
      const counting = {
        params: start,
        losses: () => ["near", "small"],
        batch: ({ step }: { step: number }, { batchSize }: { batchSize: number }) => ({
          x: tf.reshape(tf.range(step * batchSize, (step + 1) * batchSize), [batchSize, 1]),
        }),
        loss: ({ a, b }: Batch, { x }: Batch): Terms => ({
          near: { value: tf.mean(tf.square(tf.sub(a, x))), weight: 1 },
          small: { value: tf.mean(tf.square(tf.sub(b, x))), weight: 0.25 },
        }),
      };
      const one = await trained(counting, { steps: 3, batchSize: 4 }, { logEvery: 1 });
      const several = await trained(
        counting,
        { steps: 3, batchSize: 2, accumulate: 2 },
        { logEvery: 1 },
      );
      for (const name of ["a", "b"]) {
        one.weights[name].forEach((x, i) => assertAlmostEquals(several.weights[name][i], x, 1e-5));
      }
      for (const [i, line] of one.lines.entries()) {
        for (const name of ["loss", "loss.near", "loss.small", "gradNorm"]) {
          assertAlmostEquals(several.lines[i][name], line[name], 1e-4);
        }
      }
    });

    it("are recorded where one begins in any of a step's batches", async () => {
      const { lines } = await trained(task, { steps: 4, accumulate: 2 });
      // Of the batches 0 and 1, 2 and 3, 4 and 5, 6 and 7, the third pair alone is without.
      assertEquals(lines.map(({ step }) => step), [1, 4]);
      assertEquals(fieldsOf(lines[1], "loss."), ["loss.near", "loss.small"]);
    });

    it("that some batches lack count as often as they come up", async () => {
      const { lines: [line] } = await trained(task, { steps: 1, accumulate: 2 });
      // The mean of those that there are, but a half of it in the sum.
      assertAlmostEquals(line["loss.small"], 16, 1e-5);
      assertAlmostEquals(line.loss, line["loss.near"] + 0.25 * 16 / 2, 1e-4);
    });
  });
});

describe("a method's losses", () => {
  it("are recorded by name: the content loss at the steps that have it", async () => {
    const content = contentLoss({ ...tinyContent, every: 3, weight: 0.5 });
    const { task } = await prepareTiny(tinyMethods["lora + ours"]({ contentLoss: content }));
    const { lines } = await trained(task, tinyTraining({ steps: 5, sharesEvery: 50 }));
    assertEquals(lines.map(({ step }) => step), [1, 4]);
    for (const line of lines) {
      assertAlmostEquals(line.loss, line["loss.denoising"] + 0.5 * line["loss.content"], 1e-5);
    }
    const [first, later] = lines;
    assertEquals([first["weight.denoising"], first["weight.content"]], [1, 0.5]);
    assertAlmostEquals(first["share.denoising"] + first["share.content"], 1, 1e-6);
    assertEquals(fieldsOf(later, "share."), []);
  });

  it("need not depend on what learns: plain captions do not show a new word", async () => {
    const { task } = await prepareTiny({
      name: "mine",
      trainable: newToken(),
      losses: [denoisingLoss(), contentLoss({ ...tinyContent, every: 1 })],
    });
    const { lines: [line] } = await trained(task, tinyTraining({ steps: 1, sharesEvery: 50 }));
    assert(line["loss.content"] > 0);
    assertEquals([line["share.content"], line["share.denoising"]], [0, 1]);
  });
});

describe("a loss of one's own", () => {
  type Prepared = Pick<StepContext, "step" | "shown" | "plainCaptions"> & { told: string };

  it("is set up once, prepared at its steps, and computed from what it has prepared", async () => {
    const steps: Prepared[] = [];
    let setUps = 0;
    const own: Loss<{ offset: number }> = {
      name: "own",
      weight: 0.5,
      every: 2,
      setUp(context) {
        setUps++;
        return { offset: context.shots.length };
      },
      prepare({ step, shown, plainCaptions, model: now, state }) {
        const states = now.encodePrompts([`a dog in ${"<style-token>"} style`]);
        steps.push({ step, shown, plainCaptions, told: `${states.dataSync()}` });
        states.dispose();
        return { number: tf.scalar(step + state.offset) };
      },
      value: ({ prediction, prepared, state }) =>
        tf.add(tf.mul(0 * state.offset, tf.mean(prediction)), prepared.number),
    };
    const { task } = await prepareTiny(textualInversion({ losses: [own] }));
    const { lines } = await trained(task, tinyTraining({ steps: 4, sharesEvery: 50 }), {
      logEvery: 1,
    });
    assertEquals(setUps, 1);
    assertEquals(lines.map((line) => line["loss.own"]), [3, undefined, 5, undefined] as number[]);
    for (const [i, line] of lines.entries()) {
      const ownPart = i % 2 === 0 ? 0.5 * line["loss.own"] : 0;
      assertAlmostEquals(line.loss, line["loss.denoising"] + ownPart, 1e-5);
    }
    assertEquals(steps.map(({ step }) => step), [0, 2]);
    for (const { shown, plainCaptions } of steps) {
      assertEquals(shown.length, 2);
      assertEquals(plainCaptions, shots.map(({ caption }) => caption));
    }
    assert(steps[0].told !== steps[1].told, "the model is as it is now");
  });

  it("sees the step: what was predicted, what it points to, and the networks", async () => {
    const size = model.imageSize(), shape = model.latentsShape(2);
    const zero: Record<string, Loss["value"]> = {
      "noisy latents": ({ latents, noise, timesteps, noisyLatents, diffusion }) =>
        tf.sub(addNoise(latents, noise, timesteps as Tensor1D, diffusion.schedule), noisyLatents),
      "predicted latents": (
        { predictedLatents, prediction, timesteps, noisyLatents, diffusion },
      ) =>
        tf.sub(
          addNoise(predictedLatents, prediction, timesteps as Tensor1D, diffusion.schedule),
          noisyLatents,
        ),
      prediction: ({ predict, noisyLatents, timesteps, contexts, prediction }) =>
        tf.sub(predict(noisyLatents, timesteps, contexts), prediction),
      errors: ({ errors, prepared }) => {
        const found = errors(prepared as never);
        assertEquals(found.shape, [1]);
        return tf.mul(0, found);
      },
      images: ({ decode, predictedLatents, latents }) => {
        const images = decode(predictedLatents);
        assertEquals([latents.shape, images.shape], [shape, [2, size, size, 3]]);
        return tf.mul(0, images);
      },
    };
    const losses = Object.entries(zero).map(([name, difference]): Loss => ({
      name,
      ...name === "errors" && {
        prepare: ({ noised }) => noised([{ image: shots[1].image, caption: "a dog" }]),
      },
      value: (input) => tf.mean(tf.square(difference(input))),
    }));
    const { task } = await prepareTiny(textualInversion({ losses }));
    const { lines: [line] } = await trained(task, tinyTraining({ steps: 1, sharesEvery: 50 }));
    for (const name of Object.keys(zero)) assertAlmostEquals(line[`loss.${name}`], 0, 1e-6, name);
  });
});
