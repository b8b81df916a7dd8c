import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { plainImage } from "specialist/images/mod.ts";
import { createMethod, type Method, methodSchema } from "specialist/methods/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { drawShots, epochBegunAt } from "specialist/methods/epochs.ts";
import { loadClip } from "specialist/models/clip/mod.ts";
import {
  loadStableDiffusion,
  saveStableDiffusion,
  type StableDiffusion,
} from "specialist/models/stable_diffusion/mod.ts";
import type { Params } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { encodePrompts } from "specialist/sampling/mod.ts";
import { tf, useBackend } from "specialist/tensorflow/mod.ts";
import { stableLoss, train, type TrainingHooks, trainingSchema } from "specialist/training/mod.ts";

await useBackend();

const model = await loadStableDiffusion(join(import.meta.dirname!, "fixtures/pipeline"));
const shots = [
  { image: plainImage(20, 16, [200, 30, 30]), caption: "a red apple" },
  { image: plainImage(16, 16, [30, 30, 200]), caption: "a dog" },
  { image: plainImage(16, 24, [30, 200, 30]), caption: "a green leaf" },
];
const guide = await loadClip(join(import.meta.dirname!, "fixtures/clip/model"));
const parts = {
  captions: { retrieval: { enabled: false } },
  contentLoss: { steps: 2, guidanceScale: 2 },
};

const configs = {
  specialist: parts,
  dreambooth: { classImages: 2, sampling: { steps: 2 } },
  textual_inversion: {},
  textual_inversion_specialist: parts,
  lora: {},
  lora_specialist: parts,
  full: { minSnrGamma: 5 },
};

function createTiny(method: string, config: object): Promise<Method> {
  return createMethod(
    methodSchema.parse({ method, ...config }),
    { model, shots, styleWords: "painting", guide, sampling: { steps: 20 } },
  );
}

const training = (settings: object) =>
  trainingSchema.parse({ batchSize: 2, learningRate: { peak: 1e-3 }, ...settings });

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
  const trainedParts: Record<keyof typeof configs, string[]> = {
    specialist: ["unet"],
    dreambooth: ["unet"],
    textual_inversion: ["textEncoder"],
    textual_inversion_specialist: ["textEncoder", "unet"],
    lora: ["unet"],
    lora_specialist: ["unet"],
    full: ["unet"],
  };
  for (const [name, config] of Object.entries(configs)) {
    it(`${name} changes what it trains, and nothing else`, async () => {
      const { params: { ...start } } = model.unet;
      const method = await createTiny(name, config);
      const losses: number[] = [];
      const params = await train(method.task, training({ steps: 2 }), {
        seed: 1,
        onStep: (_, loss) => void losses.push(loss),
      });
      const adapted = method.adapted(params);

      assertEquals(losses.length, 2);
      assert(losses.every((loss) => Number.isFinite(loss) && loss > 0));
      assertEquals(changedParts(adapted), trainedParts[name as keyof typeof configs]);
      assertEquals(changed(start, model.unet.params), []);
      tf.dispose(params);
    });
  }

  it("draws the same after its folder is saved and loaded", async () => {
    for (const name of ["lora", "textual_inversion"]) {
      const method = await createTiny(name, {});
      const params = await train(method.task, training({ steps: 2 }), { seed: 1 });
      const adapted = method.adapted(params);
      const folder = await Deno.makeTempDir();
      try {
        await saveStableDiffusion(join(folder, "model"), adapted, { dtype: "F32" });
        const loaded = await loadStableDiffusion(join(folder, "model"));
        const caption = `an apple in ${method.styleWords} style`;
        const options = { images: [shots[0].image], captions: [caption], seed: 3, count: 16 };
        assertEquals(
          encodePrompts(adapted, [caption]).dataSync(),
          encodePrompts(loaded, [caption]).dataSync(),
        );
        const difference = stableLoss(model, options)(adapted) - stableLoss(model, options)(loaded);
        assert(Math.abs(difference) < 1e-5, `${name}: ${difference}`);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  });
});

describe("the content loss", () => {
  /** Losses of the first steps: with 3 shots and batches of 2, epochs begin in steps 0, 1, 3, 4. */
  async function losses(contentLoss: object): Promise<number[]> {
    const { task } = await createTiny("specialist", {
      ...parts,
      contentLoss: { ...parts.contentLoss, weight: 100, ...contentLoss },
    });
    const losses: number[] = [];
    const config = training({ steps: 4, learningRate: { peak: 1e-12 } });
    const params = await train(task, config, {
      seed: 4,
      onStep: (_, loss) => void losses.push(loss),
    });
    tf.dispose(params);
    return losses;
  }

  it("is part of the first step of each epoch, or as often as one says", async () => {
    assertEquals((await losses({})).map((loss) => loss > 20), [true, true, false, true]);
    assertEquals((await losses({ every: 3 })).map((loss) => loss > 20), [true, false, false, true]);
    assertEquals((await losses({ enabled: false })).filter((loss) => loss > 20), []);
  });

  it("needs a guide, and says so", async () => {
    const config = methodSchema.parse({ method: "specialist", ...parts });
    await assertRejects(
      () => createMethod(config, { model, shots, styleWords: "painting", sampling: { steps: 20 } }),
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

/** A run whose checkpoints go to `folder`. */
function runIn(folder: string, checkpoint?: { step: number; folder: string }) {
  const saved: { step: number; folder: string }[] = [];
  const run = {
    checkpoint,
    async saveCheckpoint(step: number, write: (folder: string) => Promise<void>) {
      const target = join(folder, `${step}`);
      await Deno.mkdir(target, { recursive: true });
      await write(target);
      saved.push({ step, folder: target });
      return target;
    },
    log: () => Promise.resolve(),
  } as unknown as NonNullable<TrainingHooks["run"]>;
  return { run, saved };
}

describe("training", () => {
  const settings = training({ steps: 4, ema: { decay: 0.9 }, maxGradNorm: 1 });

  it("goes on from a checkpoint as if it had never stopped", async () => {
    const { task } = await createTiny("specialist", parts);
    const whole = await train(task, settings, { seed: 5 });

    const folder = await Deno.makeTempDir();
    try {
      const stop = new AbortController();
      const first = runIn(folder);
      await assertRejects(
        () =>
          train(task, settings, {
            seed: 5,
            run: first.run,
            signal: stop.signal,
            onStep: (step) => step === 2 ? stop.abort(new Error("enough")) : undefined,
          }),
        Error,
        "enough",
      );
      assertEquals(first.saved.map(({ step }) => step), [2]);
      const resumed = await train(task, settings, {
        seed: 5,
        run: runIn(folder, first.saved[0]).run,
      });
      assertEquals(changed(whole, resumed), []);
      tf.dispose(resumed);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    tf.dispose(whole);
  });

  it("keeps no tensors from step to step", async () => {
    const { task } = await createTiny("specialist", parts);
    const counts: number[] = [];
    const params = await train(task, training({ steps: 50 }), {
      seed: 2,
      onStep: () => void counts.push(tf.memory().numTensors),
    });
    tf.dispose(params);
    assertEquals(new Set(counts).size, 1);
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
    const { task, adapted } = await createTiny("full", {});
    const params = await train(task, training({ steps: 20 }), { seed: 3 });
    assert(loss(adapted(params)) < 0.9 * loss(model));
    tf.dispose(params);
  });
});
