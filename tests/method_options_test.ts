/** What every method offers beside what makes it that method. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Method, MethodContext } from "specialist/methods/mod.ts";
import { diffusionOf } from "specialist/methods/diffusion_step.ts";
import type { StableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import { createVariables, disposeVariables, type Params } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { encodePrompts, promptIds } from "specialist/sampling/mod.ts";
import { snr } from "specialist/schedulers/mod.ts";
import { type Tensor, type Tensor1D, tf } from "specialist/tensorflow/mod.ts";
import { type Batch, offsetNoise, train } from "specialist/training/mod.ts";
import {
  createTiny,
  type MethodName,
  methodNames,
  model,
  shots,
  tinyConfigs,
  tinyTraining,
} from "./tiny_methods.ts";

/** A method that minimizes the denoising error of its shots, and nothing else. */
function createPlain(
  name: MethodName,
  options: object = {},
  context?: Partial<MethodContext>,
): Promise<Method> {
  const rest = "contentLoss" in tinyConfigs[name]
    ? { contentLoss: { enabled: false } }
    : name === "dreambooth"
    ? { priorWeight: 0 }
    : {};
  return createTiny(name, { ...rest, ...options }, context);
}

/** The batch of one shot that a method's first step would have, the same for all its options. */
async function firstBatch({ task }: Pick<Method, "task">, batchSize = 1): Promise<Batch> {
  const variables = createVariables(task.params);
  const batch = await task.batch(createRandom(3), 0, { batchSize, variables });
  disposeVariables(variables);
  return batch;
}

const numbers = (tensor: Tensor) => [...tensor.dataSync()];

describe("the captions of a batch", () => {
  for (const name of methodNames) {
    it(`are those that ${name} shows in it`, async () => {
      const { task, adapted } = await createPlain(name);
      const captions = task.captions!(createRandom(3), 0, { batchSize: 2 });
      const { texts } = await firstBatch({ task }, 2);
      const now = adapted(task.params);
      const expected = texts.rank === 2
        ? promptIds(now.tokenizer, captions)
        : encodePrompts(now, captions);
      assertEquals(numbers(texts), numbers(expected));
    });
  }
});

describe("min-SNR weighting", () => {
  for (const name of methodNames) {
    it(`weighs a sample of ${name} by min(SNR, γ) / SNR`, async () => {
      const minSnrGamma = 0.01;
      const plain = await createPlain(name);
      const weighted = await createPlain(name, { minSnrGamma });
      const batch = await firstBatch(plain);
      const [error, loss] = [plain, weighted].map(({ task }) =>
        tf.tidy(() => task.loss(task.params, batch).dataSync()[0])
      );
      const [ratio] = numbers(snr(diffusionOf(model).schedule, batch.timesteps as Tensor1D));
      assertAlmostEquals(loss / error, Math.min(ratio, minSnrGamma) / ratio, 1e-5);
      assert(loss < error);
    });
  }
});

describe("noise offset", () => {
  it("shifts all pixels of a channel alike, and nothing else", async () => {
    for (const name of methodNames) {
      const plain = await firstBatch(await createPlain(name), 2);
      const offset = await firstBatch(await createPlain(name, { noiseOffset: 0.5 }), 2);
      for (const part of Object.keys(plain).filter((part) => part !== "noise")) {
        assertEquals(numbers(offset[part]), numbers(plain[part]), `${name}: ${part}`);
      }
      const shift = tf.sub(offset.noise, plain.noise);
      const { mean, variance } = tf.moments(shift, [1, 2]);
      assert(numbers(variance).every((value) => value < 1e-10), name);
      assertEquals(new Set(numbers(mean).map((value) => value.toFixed(4))).size, mean.size);
    }
  });

  it("has the deviation that is asked for", () => {
    const noise = offsetNoise(createRandom(1), [4000, 4, 4, 4], 0.5);
    const { variance } = tf.moments(tf.mean(noise, [1, 2]));
    // Of the shift, and of the mean of 16 normal numbers.
    assertAlmostEquals(variance.dataSync()[0], 0.25 + 1 / 16, 0.012);
  });
});

describe("cached shots", () => {
  for (const name of methodNames) {
    it(`of ${name} are encoded before its steps, which draw among their variants`, async () => {
      let encoded = 0;
      const counted = { ...model, vae: { ...model.vae }, textEncoder: { ...model.textEncoder } };
      for (const part of ["vae", "textEncoder"] as const) {
        const { params } = model[part];
        Object.defineProperty(counted[part], "params", {
          get: () => {
            encoded++;
            return params;
          },
        });
      }
      const method = await createPlain(name, { cache: { variants: 2 } }, { model: counted });
      assert(encoded > 0);
      encoded = 0;

      const variables = createVariables(method.task.params);
      const random = createRandom(1);
      const seen = new Set<string>();
      for (let step = 0; step < 24; step++) {
        const { latents } = await method.task.batch(random, step, { batchSize: 1, variables });
        seen.add(`${tf.unstack(latents)[0].dataSync()}`);
      }
      disposeVariables(variables);
      assertEquals(encoded, 0);
      assertEquals(seen.size, 2 * shots.length);
    });
  }
});

describe("the text encoder", () => {
  /** The farthest that any parameter moves. */
  const farthest = (before: Params, after: Params) =>
    Math.max(
      ...Object.keys(after).map((name) =>
        tf.tidy(() => tf.max(tf.abs(tf.sub(after[name], before[name]))).dataSync()[0])
      ),
    );

  for (const name of ["full", "dreambooth", "specialist"] as const) {
    it(`learns with the U-Net of ${name} if it is told to, at a rate of its own`, async () => {
      const config = tinyTraining({ steps: 1, adamW: { weightDecay: 0 } });
      const { task, adapted } = await createPlain(name, { textEncoder: { rate: 0.1 } });
      const params = await train(task, config, { seed: 1 });
      const after: StableDiffusion = adapted(params);
      // AdamW's first step goes as far as its rate, wherever there is a gradient.
      assertAlmostEquals(farthest(model.unet.params, after.unet.params), 1e-3, 1e-5);
      assertAlmostEquals(farthest(model.textEncoder.params, after.textEncoder.params), 1e-4, 1e-6);
      assertEquals(after.vae, model.vae);
      tf.dispose(params);
    });
  }
});
