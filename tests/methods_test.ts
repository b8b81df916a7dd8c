import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { drawShots, epochBegunAt } from "specialist/methods/epochs.ts";
import {
  loadStableDiffusion,
  saveStableDiffusion,
  type StableDiffusion,
} from "specialist/models/stable_diffusion/mod.ts";
import { createVariables, disposeVariables, type Params } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { encodePrompts } from "specialist/sampling/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { stableLoss, train } from "specialist/training/mod.ts";
import { runIn } from "./run_in.ts";
import { normal } from "./tensors.ts";
import {
  createTiny,
  type MethodName,
  methodNames,
  model,
  shots,
  tinyConfigs,
  tinyTraining as training,
} from "./tiny_methods.ts";

/** Names of the parameters that differ between two sets. */
function changed(before: Params, after: Params): string[] {
  return Object.keys(after).filter((name) =>
    !before[name] || `${before[name].dataSync()}` !== `${after[name].dataSync()}`
  );
}

/** Where a model's parameters differ from the base model's. */
function changedParts(adapted: StableDiffusion): string[] {
  return (["textEncoder", "unet", "vae"] as const).filter((part) =>
    changed(model[part].params, adapted[part].params).length > 0
  );
}

describe("each method", () => {
  const trainedParts: Record<MethodName, string[]> = {
    specialist: ["unet"],
    dreambooth: ["unet"],
    textual_inversion: ["textEncoder"],
    textual_inversion_specialist: ["textEncoder", "unet"],
    lora: ["unet"],
    lora_specialist: ["unet"],
    full: ["unet"],
  };
  for (const name of methodNames) {
    it(`${name} changes what it trains and nothing else, and keeps no tensors`, async () => {
      const method = await createTiny(name);
      const losses: number[] = [], tensors: number[] = [];
      const params = await train(method.task, training({ steps: 4 }), {
        seed: 1,
        onStep(_, loss) {
          losses.push(loss);
          tensors.push(tf.memory().numTensors);
        },
      });

      assert(losses.every((loss) => Number.isFinite(loss) && loss > 0));
      assertEquals([losses.length, new Set(tensors).size], [4, 1]);
      assertEquals(changedParts(method.adapted(params)), trainedParts[name]);
      tf.dispose(params);
    });
  }

  it("draws the same after its folder is saved and loaded", async () => {
    for (const name of ["lora", "textual_inversion"] as const) {
      const method = await createTiny(name);
      const learned = Object.entries(method.task.params)
        .map(([name, value]) => [name, tf.add(value, tf.mul(normal(value.shape), 0.1))]);
      const adapted = method.adapted(Object.fromEntries(learned));
      const folder = await Deno.makeTempDir();
      try {
        await saveStableDiffusion(join(folder, "model"), adapted, { dtype: "F32" });
        const loaded = await loadStableDiffusion(join(folder, "model"));
        const caption = `an apple in ${method.styleWords} style`;
        assertEquals(
          encodePrompts(adapted, [caption]).dataSync(),
          encodePrompts(loaded, [caption]).dataSync(),
        );
        const loss = stableLoss(model, {
          images: [shots[0].image],
          captions: [caption],
          seed: 3,
          count: 16,
        });
        assert(Math.abs(loss(adapted) - loss(loaded)) < 1e-5, name);
        assert(Math.abs(loss(adapted) - loss(model)) > 1e-4, name);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  });
});

describe("the content loss", () => {
  /** Whether the first steps have it: with 3 shots and batches of 2, epochs begin in steps 0, 1 and 3. */
  async function stepsWith(settings: object): Promise<boolean[]> {
    const { task } = await createTiny("specialist", {
      contentLoss: { ...tinyConfigs.specialist.contentLoss, weight: 100, ...settings },
    });
    const variables = createVariables(task.params);
    const random = createRandom(4);
    const found: boolean[] = [];
    for (let step = 0; step < 4; step++) {
      const batch = await task.batch(random, step, { batchSize: 2, variables });
      found.push(tf.tidy(() => task.loss(task.params, batch).dataSync()[0]) > 20);
      tf.dispose(batch);
    }
    disposeVariables(variables);
    return found;
  }

  it("is part of the first step of each epoch, or as often as one says", async () => {
    assertEquals(await stepsWith({}), [true, true, false, true]);
    assertEquals(await stepsWith({ every: 3 }), [true, false, false, true]);
    assertEquals(await stepsWith({ enabled: false }), [false, false, false, false]);
  });

  it("needs a guide, and says so", async () => {
    await assertRejects(
      () => createTiny("specialist", {}, { guide: undefined }),
      UserError,
      "content loss",
    );
  });
});

describe("textual inversion", () => {
  const table = "text_model.embeddings.token_embedding.weight";
  const settings = training({ steps: 2, adamW: { weightDecay: 0.1 } });

  it("moves the other words' rows only if weight decay is told to", async () => {
    for (const decayOtherRows of [false, true]) {
      const method = await createTiny("textual_inversion", { decayOtherRows });
      const params = await train(method.task, settings, { seed: 1 });
      const { textEncoder } = method.adapted(params);
      const moved = changed(model.textEncoder.params, textEncoder.params);
      assertEquals(moved.includes(table), decayOtherRows);
    }
  });
});

describe("LoRA", () => {
  it("names the layers that it cannot find", async () => {
    await assertRejects(() => createTiny("lora", { targets: ["to_x"] }), UserError, "to_x");
  });
});

describe("the shots of an epoch", () => {
  it("are each shown once, whatever the batch size", () => {
    const random = createRandom(7);
    const shown = [0, 1, 2, 3, 4].flatMap((step) => drawShots(3, { step, batchSize: 4 }, random));
    for (let epoch = 0; epoch < 6; epoch++) {
      assertEquals(shown.slice(3 * epoch, 3 * epoch + 3).sort(), [0, 1, 2]);
    }
  });

  it("begin in known steps", () => {
    const begun = (batchSize: number) =>
      [0, 1, 2, 3, 4].map((step) => epochBegunAt(5, { step, batchSize }));
    assertEquals(begun(2), [0, undefined, 1, undefined, undefined]);
    assertEquals(begun(5), [0, 1, 2, 3, 4]);
  });
});

describe("training", () => {
  const settings = training({
    steps: 4,
    checkpointEvery: 2,
    ema: { decay: 0.9 },
    maxGradNorm: 1,
  });

  it("goes on from a checkpoint as if it had never stopped", async () => {
    const contentLoss = { ...tinyConfigs.specialist.contentLoss, every: 1 };
    const { task } = await createTiny("specialist", { contentLoss });
    const folder = await Deno.makeTempDir();
    try {
      const first = runIn(folder);
      const whole = await train(task, settings, { seed: 5, run: first.run });
      assertEquals(first.saved, [2]);
      const resumed = await train(task, settings, { seed: 5, run: runIn(folder, 2).run });
      assertEquals(changed(whole, resumed), []);
      tf.dispose([whole, resumed]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("the stable loss", () => {
  const options = {
    images: shots.map(({ image }) => image),
    captions: shots.map(({ caption }) => caption),
    seed: 11,
    count: 32,
  };

  it("is the same whenever it is asked, and another for another seed", () => {
    const loss = stableLoss(model, options);
    const before = tf.memory().numTensors;
    assertEquals(loss(model), loss(model));
    assertEquals(tf.memory().numTensors, before);
    assertEquals(loss(model), stableLoss(model, options)(model));
    assertNotEquals(loss(model), stableLoss(model, { ...options, seed: 12 })(model));
  });

  it("falls on what is trained", async () => {
    const loss = stableLoss(model, options);
    const { task, adapted } = await createTiny("full");
    const params = await train(task, training({ steps: 20 }), { seed: 3 });
    assert(loss(adapted(params)) < 0.9 * loss(model));
    tf.dispose(params);
  });
});
