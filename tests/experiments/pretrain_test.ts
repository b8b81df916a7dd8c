import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decoderParams, decoderTask } from "experiments/pretrain/autoencoder.ts";
import { drawCaption, drawItem } from "experiments/pretrain/base_data.ts";
import {
  filteredDrawings,
  filters,
  transformedDrawings,
} from "experiments/pretrain/changed_drawings.ts";
import { resizeWeights } from "experiments/pretrain/clip.ts";
import { pretrainSchema } from "experiments/pretrain/config.ts";
import { together } from "experiments/pretrain/frame.ts";
import { pretrain } from "experiments/pretrain/pretrain.ts";
import { createRandom, createStreams, type Emoji } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { transformNames } from "specialist/specialist";
import { valueAndGradients } from "specialist/training";
import { writeTinyModel } from "../soak/tiny_model.ts";
import { totalLoss } from "../tensors.ts";

const drawing = {
  concept: "red-apple",
  set: "noto",
  pixels: new Uint8Array(12),
  items: ["a red apple", "a red apple, fruit"],
  styleWords: "noto",
  captionSuffix: " with the RandomInvert transformation",
};

describe("the base model's pictures", () => {
  it("are called by item and style, and by the transformation they went through", () => {
    const random = createRandom(0);
    for (let i = 0; i < 20; i++) {
      assertStringIncludes(drawItem(drawing, random), "a red apple");
      const caption = drawCaption(drawing, random);
      assertStringIncludes(caption, "noto");
      assert(caption.endsWith(drawing.captionSuffix));
    }
  });

  it("are so many of each drawing, and all kinds alike often", () => {
    const drawings = (count: number) =>
      Array(count).fill({ ...drawing, pixels: new Uint8Array(4 * 4 * 3).fill(90) });
    const manners = filters.length, transforms = transformNames.length;
    const filtered = filteredDrawings(drawings(manners), 3);
    const transformed = transformedDrawings(drawings(transforms), 3);
    for (
      const [kinds, names] of [
        [manners, filtered.map(({ styleWords }) => styleWords)],
        [transforms, transformed.map(({ captionSuffix }) => captionSuffix)],
      ] as const
    ) {
      const counts = Map.groupBy<string, string>(names, (name) => name);
      assertEquals([...counts.values()].map(({ length }) => length), Array(kinds).fill(3));
      assertEquals(new Set(names.slice(0, 3)).size, 3);
    }
    assertEquals(filteredDrawings(drawings(2)).length, 2 * manners);
  });

  it("keep white ground and size in every manner but the negative", () => {
    const [width, height] = [8, 6];
    const data = new Uint8Array(width * height * 3).fill(255);
    data.fill(40, 3 * (2 * width + 3), 3 * (2 * width + 5));
    for (const { styleWords, apply } of filters) {
      const changed = apply({ width, height, data });
      assertEquals([changed.width, changed.height, changed.data.length], [8, 6, data.length]);
      const corner = changed.data.at(-1)!;
      assert(styleWords === "negative" ? corner === 0 : corner > 250, styleWords);
      assert(new Set(changed.data).size > 1, `${styleWords} shows nothing`);
    }
  });
});

describe("crops as matrices", () => {
  it("change nothing where the whole picture is cut out", () => {
    const whole = { top: 0, bottom: 1, left: 0, right: 1 };
    const { rows, columns } = resizeWeights([whole], 4);
    assertEquals(rows.arraySync(), [[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]]);
    assertEquals(columns.arraySync(), rows.arraySync());
    tf.dispose([rows, columns]);
  });

  it("mirror, and see nothing outside", () => {
    const { rows, columns } = resizeWeights([{ top: -1, bottom: 1, left: 1, right: 0 }], 2);
    assertEquals(rows.arraySync(), [[[0, 0], [0.5, 0.5]]]);
    assertEquals(columns.arraySync(), [[[0, 1], [1, 0]]]);
    tf.dispose([rows, columns]);
  });
});

describe("training a base model on", () => {
  it("does not overwrite the model that it goes on from", async () => {
    const config = pretrainSchema.parse({ from: "data/models/emoji-base" });
    const error = await assertRejects(() => pretrain(config), UserError);
    assertStringIncludes(error.message, "output");
  });

  it("has no decoder to train on in a model from nothing", async () => {
    const config = pretrainSchema.parse({ stages: ["decoder"], output: "runs/never" });
    const error = await assertRejects(() => pretrain(config), UserError);
    assertStringIncludes(error.message, "--from");
  });

  it("may train what decodes and leave what encodes", async () => {
    const folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    const { vae } = await loadStableDiffusion(folder);
    await Deno.remove(folder, { recursive: true });
    const decoder = decoderParams(vae.params);
    const size = vae.config.sample_size;
    const pixels = new Uint8Array(size * size * 3).fill(200);
    const { loss, batch, params } = decoderTask(
      pretrainSchema.parse({ decoder: { training: { batchSize: 2 } } }),
      { drawings: [{ ...drawing, pixels }], emoji: { size } as Emoji },
      vae,
    );
    assertEquals(params, decoder);
    const inputs = await batch(createStreams(0, 0), { batchSize: 2, variables: {} });
    const { gradients } = valueAndGradients(
      (params) => totalLoss(loss(params, inputs)),
      params,
    );
    assertEquals(Object.keys(gradients), Object.keys(decoder));
    for (const name of ["post_quant_conv.weight", "decoder.conv_out.weight"]) {
      assert(gradients[name].dataSync().some((value) => value !== 0), `${name} does not learn`);
    }
    tf.dispose([vae.params, inputs, gradients]);
  });

  it("adds up what was trained", () => {
    const first = { steps: 10, of: 10, loss: 2, seconds: 5 };
    assertEquals(
      together(first, { steps: 3, of: 20, loss: 1 }),
      { steps: 13, of: 30, loss: 1, seconds: undefined },
    );
    assertEquals(
      together(first, { steps: 20, of: 20, loss: 1, seconds: 7 }),
      { steps: 30, of: 30, loss: 1, seconds: 12 },
    );
  });
});
