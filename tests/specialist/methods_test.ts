import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  baseModelFolder,
  createStreams,
  emojiCorpusFile,
  itemCaptions,
  readCaptionCorpus,
} from "specialist/data";
import { readNamedEmoji } from "specialist/data/emoji/concepts.ts";
import { emojiSets } from "specialist/data/emoji/sets.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  type LearnedWord,
  loadStableDiffusion,
  loadTokenizer,
  type Params,
  saveStableDiffusion,
  type StableDiffusion,
} from "specialist/models";
import {
  beginsEpoch,
  captionTemplates,
  completeMethod,
  contentLoss,
  type ContentSettings,
  defineMethod,
  denoisingLoss,
  describeMethod,
  drawShots,
  dreambooth,
  emojiPreset,
  fillTemplate,
  full,
  lora,
  loraAdapters,
  type Loss,
  type Method,
  methodOf,
  methodSchema,
  newToken,
  paperPreset,
  type Preset,
  specialist,
  textEncoder,
  textualInversion,
  unetWhere,
  wholeUnet,
} from "specialist/specialist";
import { createVariables, disposeVariables, fit, fixedNoiseLoss } from "specialist/training";
import { normal } from "../tensors.ts";
import {
  type MethodName,
  methodNames,
  model,
  prepareTiny,
  shots,
  tinyContent,
  tinyMethods,
  tinyTraining as training,
} from "./tiny_methods.ts";

const numbersOf = (tensor: Tensor) => [...tensor.dataSync()];

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
    "textual inversion": ["textEncoder"],
    "textual inversion + ours": ["textEncoder", "unet"],
    lora: ["unet"],
    "lora + ours": ["unet"],
    full: ["unet"],
  };
  for (const name of methodNames) {
    it(`${name} changes what it trains and nothing else, and keeps no tensors`, async () => {
      const { task, adapted } = await prepareTiny(tinyMethods[name]());
      const losses: number[] = [], tensors: number[] = [];
      const params = await fit(task, training({ steps: 4 }), {
        seed: 1,
        onStep(_, loss) {
          losses.push(loss);
          tensors.push(tf.memory().numTensors);
        },
      });

      assert(losses.every((loss) => Number.isFinite(loss) && loss > 0));
      assertEquals([losses.length, new Set(tensors).size], [4, 1]);
      assertEquals(changedParts(adapted(params)), trainedParts[name]);
      tf.dispose(params);
    });
  }

  it("draws the same after its folder is saved and loaded", async () => {
    for (const name of ["lora", "textual inversion"] as const) {
      const prepared = await prepareTiny(tinyMethods[name]());
      const learned = Object.entries(prepared.task.params)
        .map(([name, value]) => [name, tf.add(value, tf.mul(normal(value.shape), 0.1))]);
      const adapted = prepared.adapted(Object.fromEntries(learned));
      const folder = await Deno.makeTempDir();
      try {
        await saveStableDiffusion(join(folder, "model"), adapted, { dtype: "F32" });
        const loaded = await loadStableDiffusion(join(folder, "model"));
        const caption = `an apple in ${prepared.styleWords} style`;
        assertEquals(
          adapted.encodePrompts([caption]).dataSync(),
          loaded.encodePrompts([caption]).dataSync(),
        );
        const loss = fixedNoiseLoss(model, {
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

describe("a method", () => {
  const losses = [denoisingLoss()];

  it("is refused where nothing is trainable, nothing is minimized, or two parts have one name", () => {
    const mistakes: [Partial<Method>, string][] = [
      [{ trainable: [] }, "nothing is trainable"],
      [{ losses: [] }, "nothing is minimized"],
      [{ losses: [denoisingLoss(), denoisingLoss({ minSnrGamma: 5 })] }, '"denoising"'],
      [{ trainable: [loraAdapters(), loraAdapters({ rank: 8 })] }, '"lora"'],
    ];
    for (const [fields, said] of mistakes) {
      const define = () =>
        defineMethod({ name: "mine", trainable: wholeUnet(), losses, ...fields });
      const { message } = assertThrows(define, UserError);
      for (const part of ["mine", said]) assertStringIncludes(message, part);
    }
  });

  it("is refused where two of its parts train the text encoder", async () => {
    const trainable = [newToken(), textEncoder()];
    await assertRejects(
      () => prepareTiny({ name: "mine", trainable, losses }),
      UserError,
      "token and text_encoder both train the text encoder",
    );
  });

  it("trains the parameters of the U-Net that one names, and says where there are none", async () => {
    const isKey = (name: string) => name.endsWith("attn2.to_k.weight");
    const { task, adapted } = await prepareTiny({
      name: "mine",
      trainable: unetWhere(isKey),
      losses,
    });
    const params = await fit(task, training({ steps: 2 }), { seed: 1 });
    assertEquals(
      changed(model.unet.params, adapted(params).unet.params),
      Object.keys(model.unet.params).filter(isKey),
    );
    tf.dispose(params);
    const none = { name: "mine", trainable: unetWhere((name) => name === "to_k"), losses };
    await assertRejects(() => prepareTiny(none), UserError, "conv_in");
  });

  it("is known by its parts: their settings, and the source of one's own", () => {
    const own = (value: Loss["value"], settings?: Loss["settings"]): Loss => ({
      name: "own",
      value,
      settings,
    });
    const described = (...losses: Loss[]) => JSON.stringify(describeMethod(full({ losses })));
    const half = own(({ prediction }) => tf.mul(0.5, tf.mean(prediction)));
    const halfAgain = own(({ prediction }) => tf.mul(0.5, tf.mean(prediction)));
    assertEquals(described(half), described(halfAgain));
    const others = [
      own(({ prediction }) => tf.mul(0.25, tf.mean(prediction))),
      { ...half, weight: 2 },
      { ...half, settings: { scale: 2 } },
      { ...half, every: 2 },
    ].map((loss) => described(loss));
    assertEquals(new Set([...others, described(half), described()]).size, 6);
  });

  it("of a configuration is the recipe of its name", () => {
    const recipes: [object, Method][] = [
      [{ method: "full" }, full()],
      [{ method: "lora", rank: 8 }, lora({ rank: 8 })],
      [{ method: "dreambooth" }, dreambooth()],
      [{ method: "dreambooth", identifier: "xyz" }, dreambooth({ identifier: "xyz" })],
      [{ method: "dreambooth", identifier: false }, dreambooth({ identifier: false })],
      [{ method: "textual_inversion" }, textualInversion()],
      [{ method: "textual_inversion", vectors: 4 }, textualInversion({ vectors: 4 })],
      [
        { method: "textual_inversion", unet: true },
        textualInversion({ trainable: [newToken(), wholeUnet()] }),
      ],
      [{ method: "specialist" }, specialist({ probability: 0.5 })],
      [
        { method: "specialist", trainable: { lora: { rank: 8 } } },
        specialist({ probability: 0.5, trainable: loraAdapters({ rank: 8 }) }),
      ],
      [
        { method: "specialist", trainable: { token: {}, unet: true } },
        specialist({ probability: 0.5, trainable: [newToken(), wholeUnet()] }),
      ],
    ];
    for (const [config, recipe] of recipes) {
      assertEquals(describeMethod(methodOf(methodSchema.parse(config))), describeMethod(recipe));
    }
  });
});

describe("the content loss", () => {
  /** Whether the first steps have it: with 3 shots and batches of 2, epochs begin in steps 0, 1 and 3. */
  async function stepsWith(content: ContentSettings | false): Promise<boolean[]> {
    const { task } = await prepareTiny(tinyMethods.specialist({
      contentLoss: content && contentLoss({ ...tinyContent, ...content }),
    }));
    const variables = createVariables(task.params);
    const found: boolean[] = [];
    for (let step = 0; step < 4; step++) {
      const batch = await task.batch(createStreams(4, step), { batchSize: 2, variables });
      const computed = tf.tidy(() => Object.keys(task.loss(task.params, batch)));
      assertEquals(computed, task.losses!({ step, batchSize: 2 }));
      found.push(computed.includes("content"));
      tf.dispose(batch as never);
    }
    disposeVariables(variables);
    return found;
  }

  it("is part of the first step of each epoch, or as often as one says", async () => {
    assertEquals(await stepsWith({}), [true, true, false, true]);
    assertEquals(await stepsWith({ every: 3 }), [true, false, false, true]);
    assertEquals(await stepsWith(false), [false, false, false, false]);
  });

  it("takes a preset's settings where it has none of its own", () => {
    const completed = (settings?: ContentSettings) => {
      const method = specialist({ contentLoss: contentLoss(settings) });
      return completeMethod(method, emojiPreset).losses.find(({ name }) => name === "content")!;
    };
    assertEquals(completed().every, emojiPreset.contentLoss.every);
    assertEquals(completed({ every: 7, steps: 3 }).every, 7);
    assertEquals(completed({ steps: 3 }).settings!.steps, 3);
  });

  it("needs a guide, and says so", async () => {
    await assertRejects(
      () => prepareTiny(tinyMethods.specialist(), { guide: undefined }),
      UserError,
      "content loss",
    );
  });
});

describe("DreamBooth", () => {
  it("calls the style by the preset's word, by one's own, or by the style's words", async () => {
    const wordsOf = async (method: Method, preset?: Preset) =>
      (await prepareTiny(method, { preset })).styleWords;
    const { dreambooth } = tinyMethods;
    assertEquals(await wordsOf(dreambooth(), emojiPreset), emojiPreset.identifier);
    assertEquals(await wordsOf(dreambooth(), paperPreset), "sks");
    assertEquals(await wordsOf(dreambooth()), "sks");
    assertEquals(await wordsOf(dreambooth({ identifier: "xyz" }), emojiPreset), "xyz");
    assertEquals(await wordsOf(dreambooth({ identifier: false }), emojiPreset), "painting");
  });

  it("is known by the word that it used", () => {
    const known = (identifier?: string | boolean) =>
      JSON.stringify(describeMethod(completeMethod(dreambooth({ identifier }), emojiPreset)));
    assertEquals(known(), known(emojiPreset.identifier));
    assertEquals(new Set([known(), known("sks"), known(false)]).size, 3);
  });

  it("has a word for the shipped model that is one token, and in no caption", async () => {
    const { tokenize } = await loadTokenizer(join(baseModelFolder, "tokenizer"));
    const tokens = tokenize(emojiPreset.identifier);
    assertEquals(tokens.length, 1);
    const captions = [
      ...await readCaptionCorpus(emojiCorpusFile),
      ...(await readNamedEmoji()).flatMap(itemCaptions),
      ...emojiSets.map(({ styleWords }) => styleWords),
      ...captionTemplates.map((template) => fillTemplate(template, { item: "it", style: "a" })),
    ];
    assert(captions.length > 5000);
    assertEquals(captions.filter((caption) => tokenize(caption).includes(tokens[0])), []);
    // What the word is there to avoid.
    const [piece] = tokenize("sks");
    assert(captions.some((caption) => tokenize(caption).includes(piece)));
  });
});

describe("textual inversion", () => {
  const table = "text_model.embeddings.token_embedding.weight";
  const settings = training({ steps: 2, adamW: { weightDecay: 0.1 } });

  it("moves the other words' rows only if weight decay is told to", async () => {
    for (const decayOtherRows of [false, true]) {
      const { task, adapted } = await prepareTiny(textualInversion({ decayOtherRows }));
      const params = await fit(task, settings, { seed: 1 });
      const moved = changed(model.textEncoder.params, adapted(params).textEncoder.params);
      assertEquals(moved.includes(table), decayOtherRows);
    }
  });
});

describe("textual inversion with the U-Net", () => {
  it("learns both, on the shots as they are, at all timesteps", async () => {
    const method = textualInversion({ unet: true });
    const { shots, timesteps, losses } = describeMethod(method);
    assertEquals([shots, timesteps], [describeMethod(full()).shots, undefined]);
    assertEquals(losses, describeMethod(full()).losses);
    const { task, adapted } = await prepareTiny(method);
    const params = await fit(task, training({ steps: 2 }), { seed: 1 });
    assertEquals(changedParts(adapted(params)), ["textEncoder", "unet"]);
    tf.dispose(params);
  });
});

describe("a word of several vectors", () => {
  const added = "text_model.embeddings.token_embedding.added.weight";

  it("learns a row for each, all of which start as the style's own words", async () => {
    const [one, three] = [
      await prepareTiny(textualInversion()),
      await prepareTiny(textualInversion({ vectors: 3 })),
    ];
    const rows = numbersOf(three.task.params[added]);
    const row = numbersOf(one.task.params[added]);
    assertEquals(three.task.params[added].shape, [3, row.length]);
    assertEquals(rows, [...row, ...row, ...row]);
    assertEquals(three.styleWords, one.styleWords);

    const params = await fit(three.task, training({ steps: 2 }), { seed: 1 });
    const learned = numbersOf(params[added]);
    const each = [0, 1, 2].map((i) => `${learned.slice(i * row.length, (i + 1) * row.length)}`);
    assertEquals(new Set([...each, `${row}`]).size, 4);
    const { word } = three.addition!(params) as { word: LearnedWord };
    assertEquals(word.rows.shape, [3, row.length]);
    tf.dispose(params);
  });

  it("of one vector is the word without the setting", () => {
    const known = (settings: object) => describeMethod(textualInversion(settings));
    assertEquals(known({ vectors: undefined }), known({}));
    assertNotEquals(known({ vectors: 2 }), known({}));
  });

  it("draws the same after its folder is saved and loaded", async () => {
    const prepared = await prepareTiny(textualInversion({ vectors: 2 }));
    const rows = prepared.task.params[added];
    const adapted = prepared.adapted({ [added]: tf.add(rows, normal(rows.shape)) });
    const folder = await Deno.makeTempDir();
    try {
      await saveStableDiffusion(join(folder, "model"), adapted, { dtype: "F32" });
      const loaded = await loadStableDiffusion(join(folder, "model"));
      const prompts = [`an apple in ${prepared.styleWords} style`];
      assertEquals(
        adapted.encodePrompts(prompts).dataSync(),
        loaded.encodePrompts(prompts).dataSync(),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("LoRA", () => {
  it("names the layers that it cannot find", async () => {
    await assertRejects(() => prepareTiny(lora({ targets: ["to_x"] })), UserError, "to_x");
  });
});

describe("the shots of an epoch", () => {
  it("are each shown once, whatever the batch size", () => {
    const shown = [0, 1, 2, 3, 4].flatMap((step) => drawShots(3, 4, createStreams(7, step)));
    for (let epoch = 0; epoch < 6; epoch++) {
      assertEquals(shown.slice(3 * epoch, 3 * epoch + 3).sort(), [0, 1, 2]);
    }
  });

  it("begin in known steps", () => {
    const begun = (batchSize: number) =>
      [0, 1, 2, 3, 4].filter((step) => beginsEpoch({ step, batchSize, shots: 5 }));
    assertEquals(begun(2), [0, 2]);
    assertEquals(begun(5), [0, 1, 2, 3, 4]);
    assertEquals(begun(8), [0, 1, 2, 3, 4]);
  });
});

describe("the fixed-noise loss", () => {
  const options = {
    images: shots.map(({ image }) => image),
    captions: shots.map(({ caption }) => caption),
    seed: 11,
    count: 32,
  };

  it("is the same whenever it is asked, and another for another seed", () => {
    const loss = fixedNoiseLoss(model, options);
    const before = tf.memory().numTensors;
    assertEquals(loss(model), loss(model));
    assertEquals(tf.memory().numTensors, before);
    assertEquals(loss(model), fixedNoiseLoss(model, options)(model));
    assertNotEquals(loss(model), fixedNoiseLoss(model, { ...options, seed: 12 })(model));
  });

  it("falls on what is trained", async () => {
    const loss = fixedNoiseLoss(model, options);
    const { task, adapted } = await prepareTiny(full());
    const params = await fit(task, training({ steps: 20 }), { seed: 3 });
    assert(loss(adapted(params)) < 0.9 * loss(model));
    tf.dispose(params);
  });
});
