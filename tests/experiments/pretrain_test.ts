import { join } from "node:path";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { autoencoderTask, decoderParams, decoderTask } from "experiments/pretrain/autoencoder.ts";
import { drawCaption, drawItem, loadBaseData } from "experiments/pretrain/base_data.ts";
import {
  filteredDrawings,
  filters,
  transformedDrawings,
} from "experiments/pretrain/changed_drawings.ts";
import { resizeWeights } from "experiments/pretrain/clip.ts";
import { pretrainSchema } from "experiments/pretrain/config.ts";
import { together } from "experiments/pretrain/model_folder.ts";
import { runPretrain } from "experiments/pretrain/pretrain.ts";
import { transformTokens, withNewVectors } from "experiments/pretrain/transform_words.ts";
import { createRandom, createStreams, type Emoji } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import { createTokenizer, loadStableDiffusion, loadVae, trainBpe } from "specialist/models";
import { transformNames } from "specialist/specialist";
import { valueAndGradients } from "specialist/training";
import { linesOfErrors, unfinishedBars } from "../helpers.ts";
import { tinyPretraining, writeTinyModel } from "../soak/tiny_model.ts";
import { totalLoss } from "../tensors.ts";

const drawing = {
  concept: "red-apple",
  set: "noto",
  pixels: new Uint8Array(12),
  item: "a red apple",
  keywords: ["fruit", "healthy"],
  paraphrases: ["a crisp crimson snack"],
  styleWords: "noto",
  captionSuffix: " with the RandomInvert transformation",
};

describe("the base model's images", () => {
  it("are called by item and style, and by the transformation they went through", () => {
    const random = createRandom(0);
    const items = Array.from({ length: 200 }, () => drawItem(drawing, random));
    assertEquals([...new Set(items)].sort(), [
      ...["a crisp crimson snack", "a red apple", "a red apple, fruit", "a red apple, healthy"],
      ...["fruit", "fruit, healthy", "healthy", "healthy, fruit"],
    ]);
    assert(items.filter((item) => item.startsWith("a red apple")).length > 100);
    for (let i = 0; i < 20; i++) {
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

  it("are counted to the last", async () => {
    const lines = await linesOfErrors(() => {
      filteredDrawings(Array(3).fill(drawing));
      transformedDrawings(Array(101).fill(drawing), 1);
    });
    assertEquals(lines.length, 2);
    assertEquals(unfinishedBars(lines), []);
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
  it("change nothing where the whole image is cut out", () => {
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
  it("does not overwrite the model that it continues", async () => {
    const [from, output] = ["data/models/emoji-base", "./data/models/emoji-base"];
    const config = pretrainSchema.parse({ from, output });
    const error = await assertRejects(() => runPretrain(config), UserError);
    assertStringIncludes(error.message, "output");
  });

  it("has no decoder to train on in a model from nothing", async () => {
    const config = pretrainSchema.parse({ stages: ["decoder"], output: "runs/never" });
    const error = await assertRejects(() => runPretrain(config), UserError);
    assertStringIncludes(error.message, "--from");
  });

  it("begins no stage that it was not asked for", async () => {
    const folder = await Deno.makeTempDir();
    const before = Deno.cwd();
    const data = await loadBaseData(8);
    const pretrained = (stages: string[]) =>
      runPretrain(
        pretrainSchema.parse({ ...tinyPretraining({ steps: 1, batchSize: 2 }), stages }),
        undefined,
        () => Promise.resolve(data),
      );
    Deno.chdir(folder);
    try {
      await pretrained(["guide"]);
      const stages = [...Deno.readDirSync("runs")].map(({ name }) => name.split("-")[1]);
      assertEquals(stages, ["guide"]);
      const error = await assertRejects(() => pretrained(["denoiser"]), UserError);
      assertStringIncludes(error.message, "autoencoder");
      assertEquals([...Deno.readDirSync("runs")].length, 1);
    } finally {
      Deno.chdir(before);
      await Deno.remove(folder, { recursive: true });
    }
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

  it("disturbs the latents by up to the configured share of their spread", async () => {
    const folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    const { vae } = await loadStableDiffusion(folder);
    await Deno.remove(folder, { recursive: true });
    const size = vae.config.sample_size;
    const data = {
      drawings: [{ ...drawing, pixels: new Uint8Array(size * size * 3).fill(200) }],
      emoji: { size } as Emoji,
    };
    const training = { batchSize: 16 };
    const batchAt = async (latentNoise: number) => {
      const config = pretrainSchema.parse({ vae: { latentNoise, training } });
      return await autoencoderTask(config, data, vae)
        .batch(createStreams(0, 0), { batchSize: 16, variables: {} });
    };
    const calm = await batchAt(0), noisy = await batchAt(0.3);
    assertEquals(calm.disturbance.abs().max().dataSync()[0], 0);
    const deviations = [...tf.moments(noisy.disturbance, [1, 2, 3]).variance.dataSync()]
      .map(Math.sqrt);
    assert(Math.max(...deviations) < 0.4, `${deviations}`);
    assert(Math.max(...deviations) > 0.15 && Math.min(...deviations) < 0.1, `${deviations}`);
    assertEquals(noisy.noise.dataSync(), calm.noise.dataSync());

    // Latents that are larger are disturbed more: size alone does not buy tolerance.
    const config = pretrainSchema.parse({ vae: { latentNoise: 0.3, klWeight: 0, training } });
    const { loss } = autoencoderTask(config, data, vae);
    const factor = 8;
    const scaled = { ...vae.params };
    for (const name of ["quant_conv.weight", "quant_conv.bias"]) {
      scaled[name] = tf.mul(vae.params[name], factor);
    }
    scaled["post_quant_conv.weight"] = tf.div(vae.params["post_quant_conv.weight"], factor);
    const still = { ...noisy, noise: tf.zerosLike(noisy.noise) };
    const [first, second] = [vae.params, scaled].map((params) =>
      totalLoss(loss(params, still)).dataSync()[0]
    );
    assertAlmostEquals(first, second, 1e-4);
    tf.dispose([vae.params, scaled, calm, noisy, still]);
  });

  it("writes a new autoencoder by itself, and a denoiser that is new or goes on with it", async () => {
    const folder = await Deno.makeTempDir();
    const before = Deno.cwd();
    const base = join(folder, "base");
    await writeTinyModel(base);
    const part = { steps: 1, of: 1, loss: 1 };
    await Deno.writeTextFile(
      join(base, "training.json"),
      JSON.stringify({
        parts: { autoencoder: part, guide: part, judge: part, denoiser: part },
      }),
    );
    Deno.chdir(folder);
    try {
      const load = () => {
        const size = 16;
        const drawings = Array.from({ length: 4 }, (_, i) => ({
          ...drawing,
          pixels: new Uint8Array(size * size * 3).fill(50 * i),
        }));
        const set = { name: "noto", role: "base", styleWords: "noto" };
        return Promise.resolve({ drawings, emoji: { size, sets: [set] } as unknown as Emoji });
      };
      const training = { steps: 2, batchSize: 2 };
      const autoencoder = join(folder, "autoencoder");
      const shared = { from: base, vae: { training } };
      await runPretrain(
        pretrainSchema.parse({ ...shared, stages: ["autoencoder"], output: autoencoder }),
        undefined,
        load,
      );
      const { config, params } = await loadVae(autoencoder);
      assertNotEquals(config.scaling_factor, 0.18215);

      const next = join(folder, "next");
      const { unet } = await loadStableDiffusion(base);
      await runPretrain(
        pretrainSchema.parse({
          ...shared,
          autoencoder,
          stages: ["denoiser"],
          output: next,
          denoiser: {
            unet: { ...unet.config, block_out_channels: [8, 24] },
            training,
            newWeights: true,
          },
        }),
        undefined,
        load,
      );
      const model = await loadStableDiffusion(next);
      assertEquals(model.vae.config.scaling_factor, config.scaling_factor);
      assertEquals(model.unet.config.block_out_channels, [8, 24]);
      for (const file of ["content/model.safetensors", "style/config.json"]) {
        const [own, other] = [next, base].map((path) =>
          Deno.readFileSync(join(path, "judge", file))
        );
        assertEquals(own, other, file);
      }
      const { parts, before: { parts: earlier } } = JSON.parse(
        await Deno.readTextFile(join(next, "training.json")),
      );
      assertEquals(Object.keys(parts), ["autoencoder", "guide", "denoiser"]);
      assertEquals(earlier.judge, part);
      const name = "decoder.conv_in.weight";
      assertEquals(model.vae.params[name].dataSync(), params[name].dataSync());

      const further = join(folder, "further");
      await runPretrain(
        pretrainSchema.parse({
          ...shared,
          autoencoder,
          stages: ["denoiser"],
          output: further,
          denoiser: { unet: unet.config, training: { ...training, learningRate: { peak: 1e-9 } } },
        }),
        undefined,
        load,
      );
      const same = await loadStableDiffusion(further);
      const weight = "mid_block.resnets.0.conv1.weight";
      const [was, is] = [unet, same.unet].map(({ params }) => params[weight].dataSync());
      was.forEach((value, i) => assertAlmostEquals(value, is[i], 1e-3));
      tf.dispose([same.textEncoder.params, same.unet.params, same.vae.params]);
      tf.dispose([params, unet.params]);
      tf.dispose([model.textEncoder.params, model.unet.params, model.vae.params]);
    } finally {
      Deno.chdir(before);
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("forgets the words of transforms, and no word that drawings are described with", () => {
    const names = "with the transformation RandomInvert RandomSolarize".split(" ");
    const words = [...names, "a", "red", "apple", "fruit", "healthy", "noto", "style"];
    const tokenizer = createTokenizer({
      ...trainBpe(words.flatMap((word) => Array(20).fill(word)), 800),
      maxLength: 24,
    });
    const plain = { ...drawing, item: "the apple with a fruit", captionSuffix: "" };
    const tokens = transformTokens(tokenizer, [plain]);
    const forgotten = (word: string) =>
      tokenizer.encode(word).some((token) => tokens.includes(token));
    for (const word of ["transformation", "RandomInvert"]) assert(forgotten(word), word);
    for (const word of ["with", "the", "fruit", "noto"]) assert(!forgotten(word), word);

    const name = "text_model.embeddings.token_embedding.weight";
    const before = tf.randomNormal([tokenizer.vocabSize, 4]);
    const { [name]: after } = withNewVectors({ [name]: before }, tokens, createRandom(0));
    const change = tf.sum(tf.abs(tf.sub(before, after)), 1).arraySync() as number[];
    const changed = change.flatMap((size, token) => size > 0 ? [token] : []);
    assertEquals(changed, tokens);
    tf.dispose([before, after]);
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
