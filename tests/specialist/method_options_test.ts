/** What every method offers besides what makes it that method. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRandom, createStreams } from "specialist/data";
import { snr } from "specialist/diffusion";
import { type Tensor, type Tensor1D, tf } from "specialist/internal/tensor/mod.ts";
import { offsetNoise, type Params, promptIds, type StableDiffusion } from "specialist/models";
import {
  type MethodBatch,
  type MethodContext,
  methodOf,
  methodSchema,
  type PreparedMethod,
  type RecipeOptions,
} from "specialist/specialist";
import { createVariables, diffusionOf, disposeVariables, fit } from "specialist/training";
import { totalLoss } from "../tensors.ts";
import {
  type MethodName,
  methodNames,
  model,
  prepareTiny,
  shots,
  tinyMethods,
  tinyTraining,
} from "./tiny_methods.ts";

/** A method that minimizes the denoising error of its shots, and nothing else. */
function preparePlain(
  name: MethodName,
  options: RecipeOptions = {},
  context?: Partial<MethodContext>,
): Promise<PreparedMethod> {
  return prepareTiny(plain(), context);

  function plain() {
    switch (name) {
      case "dreambooth":
        return tinyMethods[name]({ priorWeight: 0, ...options });
      case "full":
      case "lora":
      case "textual inversion":
        return tinyMethods[name](options);
      default:
        return tinyMethods[name]({ contentLoss: false, ...options });
    }
  }
}

/** The batch that a method's first step would have, the same for all its options. */
async function firstBatch(
  { task }: Pick<PreparedMethod, "task">,
  batchSize = 1,
): Promise<MethodBatch> {
  const variables = createVariables(task.params);
  const batch = await task.batch(createStreams(3, 0), { batchSize, variables });
  disposeVariables(variables);
  return batch;
}

const numbers = (tensor: Tensor) => [...tensor.dataSync()];

describe("the samples of a batch", () => {
  for (const name of methodNames) {
    it(`are told of by the captions and timesteps that ${name} shows`, async () => {
      const { task, adapted } = await preparePlain(name);
      const lines = task.samples!(createStreams(3, 0), { batchSize: 2 })
        .map((line) => /^"(.+)", timestep (\d+)$/.exec(line)!);
      const captions = lines.map(([, caption]) => caption);
      const { shown: { texts, timesteps } } = await firstBatch({ task }, 2);
      const now = adapted(task.params);
      const expected = texts.rank === 2
        ? promptIds(now.tokenizer, captions)
        : now.encodePrompts(captions);
      assertEquals(numbers(texts), numbers(expected));
      assertEquals(lines.map(([, , timestep]) => Number(timestep)), numbers(timesteps));
    });
  }
});

describe("min-SNR weighting", () => {
  for (const name of methodNames) {
    it(`weighs a sample of ${name} by min(SNR, γ) / SNR`, async () => {
      const minSnrGamma = 0.01;
      const plain = await preparePlain(name);
      const weighted = await preparePlain(name, { minSnrGamma });
      const batch = await firstBatch(plain);
      const [error, loss] = [plain, weighted].map(({ task }) =>
        tf.tidy(() => totalLoss(task.loss(task.params, batch)).dataSync()[0])
      );
      const { schedule } = diffusionOf(model.scheduler);
      const [ratio] = numbers(snr(schedule, batch.shown.timesteps as Tensor1D));
      assertAlmostEquals(loss / error, Math.min(ratio, minSnrGamma) / ratio, 1e-5);
      assert(loss < error);
    });
  }
});

describe("noise offset", () => {
  it("shifts all pixels of a channel alike, and nothing else", async () => {
    for (const name of methodNames) {
      const plain = await firstBatch(await preparePlain(name), 2);
      const offset = await firstBatch(await preparePlain(name, { noiseOffset: 0.5 }), 2);
      const { noise: plainNoise, ...plainRest } = plain.shown;
      const { noise: offsetNoise, ...offsetRest } = offset.shown;
      for (const part of ["latents", "timesteps", "texts"] as const) {
        assertEquals(numbers(offsetRest[part]), numbers(plainRest[part]), `${name}: ${part}`);
      }
      const shift = tf.sub(offsetNoise, plainNoise);
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
    it(`of ${name} are encoded once each, and steps draw among their variants`, async () => {
      const encoded = { vae: 0, textEncoder: 0 };
      const counted = { ...model, vae: { ...model.vae }, textEncoder: { ...model.textEncoder } };
      for (const part of ["vae", "textEncoder"] as const) {
        const { params } = model[part];
        Object.defineProperty(counted[part], "params", {
          get: () => {
            encoded[part]++;
            return params;
          },
        });
      }
      const { task } = await preparePlain(name, { variants: 2 }, { model: counted });
      const variables = createVariables(task.params);
      const seen = new Set<string>();
      async function showSteps(first: number) {
        for (let step = first; step < first + 24; step++) {
          const batch = await task.batch(createStreams(1, step), { batchSize: 1, variables });
          seen.add(`${numbers(batch.shown.latents)}`);
          tf.dispose(batch as never);
        }
      }
      encoded.vae = 0;
      await showSteps(0);
      assertEquals(seen.size, 2 * shots.length);
      assertEquals(encoded.vae, seen.size + (name === "dreambooth" ? 2 : 0));
      encoded.vae = encoded.textEncoder = 0;
      await showSteps(24);
      assertEquals([seen.size, encoded], [2 * shots.length, { vae: 0, textEncoder: 0 }]);
      disposeVariables(variables);
    });
  }

  it("are the same whichever step comes first to them", async () => {
    const variables = createVariables({});
    const latentsAt = async (steps: number[]) => {
      const { task } = await preparePlain("full", { variants: 2 });
      const found = [];
      for (const step of steps) {
        const { shown } = await task.batch(createStreams(1, step), { batchSize: 2, variables });
        found.push(numbers(shown.latents));
      }
      return found;
    };
    const inOrder = await latentsAt([0, 1, 2, 3, 4, 5]);
    assertEquals(await latentsAt([5, 4, 3, 2, 1, 0]), inOrder.toReversed());
    assertEquals(await latentsAt([4]), [inOrder[4]]);
  });
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
      const { task, adapted } = await prepareTiny(methodOf(methodSchema.parse({
        method: name,
        textEncoder: { rate: 0.1 },
        ...name === "specialist" && {
          captions: { retrieval: { enabled: false } },
          contentLoss: { enabled: false },
        },
        ...name === "dreambooth" && { classImages: 2, sampling: { steps: 2 } },
      })));
      const params = await fit(task, config, { seed: 1 });
      const after: StableDiffusion = adapted(params);
      // AdamW's first step goes as far as its rate, wherever there is a gradient.
      assertAlmostEquals(farthest(model.unet.params, after.unet.params), 1e-3, 1e-5);
      assertAlmostEquals(farthest(model.textEncoder.params, after.textEncoder.params), 1e-4, 1e-6);
      assertEquals(after.vae, model.vae);
      tf.dispose(params);
    });
  }
});
