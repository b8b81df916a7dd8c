import { join } from "node:path";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { judgesSchema } from "experiments/judges/config.ts";
import { contentTask } from "experiments/judges/content_task.ts";
import { judgeDrawings } from "experiments/judges/judge_data.ts";
import { styleTask } from "experiments/judges/style_task.ts";
import { type Judged, validityOf } from "experiments/judges/validity.ts";
import { drawPart, drawWholeView, viewBatch, viewed } from "experiments/judges/views.ts";
import type { Drawing } from "experiments/pretrain/base_data.ts";
import {
  type Concept,
  createRandom,
  createStreams,
  type Emoji,
  type EmojiSet,
  type Splits,
} from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  clipTextConfigSchema,
  contentJudgeSpecs,
  createTokenizer,
  imageTowerSchema,
  imageTowerSpecs,
  initParams,
  judgeImages,
  type Judges,
  judgeTexts,
  loadJudges,
  saveJudges,
  trainBpe,
} from "specialist/models";
import { fit, valueAndGradients } from "specialist/training";
import { totalLoss } from "../tensors.ts";

await useBackend({});

const size = 16;
const tokenizer = createTokenizer({ ...trainBpe(["a red apple"], 600), maxLength: 8 });
const image = imageTowerSchema.parse({
  image_size: size,
  stem_channels: 8,
  block_out_channels: [16],
  norm_num_groups: 4,
  pooling: "layout",
  projection_dim: 6,
});
const styleImage = { ...image, pooling: "statistics" as const };
const contentConfig = {
  image_config: image,
  text_config: clipTextConfigSchema.parse({
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    vocab_size: tokenizer.vocabSize,
    max_position_embeddings: 8,
    eos_token_id: tokenizer.eosId,
  }),
};

/** A square at a place that the concept decides, of a colour that the designer decides. */
function drawingOf(concept: number, set: number): Drawing {
  const pixels = new Uint8Array(size * size * 3).fill(255);
  const at = 4 * concept;
  for (let y = at; y < at + 4; y++) {
    for (let x = 3; x < 12; x++) pixels.set([80 * set, 200 - 60 * set, 40], 3 * (y * size + x));
  }
  return {
    concept: `concept ${concept}`,
    set: `set ${set}`,
    pixels,
    item: ["a red apple", "a cat", "a tree", "an owl"][concept],
    keywords: ["thing"],
    paraphrases: [],
    styleWords: `set ${set}`,
    captionSuffix: "",
  };
}
const drawings = [0, 1, 2, 3].flatMap((concept) => [0, 1, 2].map((set) => drawingOf(concept, set)));

const training = { batchSize: 8, steps: 30, learningRate: { peak: 5e-3 } };
const config = judgesSchema.parse({
  content: { training, filteredShare: 0.2 },
  style: { training: { ...training, batchSize: 9, steps: 300, learningRate: { peak: 3e-3 } } },
});

describe("the judges' data", () => {
  it("hold out the target designers' drawings but those of the training concepts", () => {
    const names = ["shots", "validation", "test", "unseen", "train"] as const;
    const concepts = names.map((id) => ({ id, label: id, tags: [], subgroup: "x", group: "y" }));
    const sets = [{ name: "base", role: "base" }, { name: "target", role: "style" }];
    const splits = Object.fromEntries(names.map((name) => [name, [name]]));
    const emoji = {
      size: 64,
      concepts: concepts as unknown as Concept[],
      sets: sets as EmojiSet[],
      images: () => ({ ids: [...names] }),
      image: () => ({ width: 1, height: 1, data: new Uint8Array(3) }),
    } as unknown as Emoji;
    const chosen = judgeDrawings(emoji, splits as unknown as Splits, {});
    const of = (set: string) => chosen.filter((it) => it.set === set).map((it) => it.concept);
    assertEquals(of("target"), ["train"]);
    assertEquals(of("base").sort(), ["shots", "test", "train", "validation"]);
  });

  it("show whole drawings, unmirrored, to the content judge and parts to the style judge", () => {
    const random = createRandom(0);
    for (let i = 0; i < 50; i++) {
      const whole = drawWholeView(random, { shift: 0.1, largestView: 1.3, stretch: 0.1 });
      assert(whole.right > whole.left);
      assert(whole.right - whole.left >= 0.9 * 0.85 && whole.right - whole.left <= 1.1 * 1.3);
      const part = drawPart(random, 0.5, 64);
      const width = Math.abs(part.right - part.left);
      assert(width >= 0.5 && width <= 1.05);
      assertAlmostEquals(width, part.bottom - part.top, 1e-9);
    }
  });

  it("erase what is to be erased, to white", () => {
    const crop = { top: 0, bottom: 1, left: 0, right: 1 };
    const black = { ...drawingOf(0, 0), pixels: new Uint8Array(size * size * 3) };
    const erased = { top: 2, left: 3, height: 4, width: 5 };
    const batch = viewBatch([black, black], [{ crop, erased }, { crop }], size);
    const [first, second] = tf.unstack(viewed(batch));
    assertAlmostEquals(first.sum().dataSync()[0], 4 * 5 * 3, 1e-3);
    assertAlmostEquals(second.sum().dataSync()[0], 0, 1e-3);
    tf.dispose([batch, first, second]);
  });
});

describe("training the judges", () => {
  it("teaches the content judge which caption fits", async () => {
    const task = contentTask(config, contentConfig, tokenizer, drawings);
    const batch = await task.batch(createStreams(0, 0), { batchSize: 8, variables: {} });
    const { value, gradients } = valueAndGradients(
      (params) => totalLoss(task.loss(params, batch)),
      task.params,
    );
    for (const [name, gradient] of Object.entries(gradients)) {
      assert(gradient.dataSync().every(Number.isFinite), name);
    }
    const before = value.dataSync()[0];
    const params = await fit(task, config.content.training, { seed: 0 });
    const after = totalLoss(task.loss(params, batch)).dataSync()[0];
    assert(after < 0.7 * before, `${before} → ${after}`);
    tf.dispose([batch, gradients, value, params, task.params]);
  });

  it("teaches the style judge to tell designers apart whatever they draw", async () => {
    const task = styleTask(config, { image_config: styleImage }, drawings);
    const batch = await task.batch(createStreams(1, 0), { batchSize: 9, variables: {} });
    const positive = batch.positive.arraySync() as number[][];
    const compared = batch.compared.arraySync() as number[][];
    positive.forEach((row, i) => {
      assertEquals([row[i], compared[i][i]], [0, 0]);
      assertEquals(row.reduce((a, b) => a + b), 2);
      row.forEach((value, j) => assert(value <= compared[i][j]));
    });
    const params = await fit(task, config.style.training, { seed: 0 });
    const judge = { config: { image_config: styleImage }, params };
    const rows = judgeImages(
      judge,
      drawings.map(({ pixels }) => ({ width: size, height: size, data: pixels })),
    );
    const judged: Judged = {
      concepts: [0, 1, 2, 3].map((i) => ({ id: `concept ${i}`, text: rows[0] })),
      drawings: drawings.map(({ concept, set }, i) => ({
        concept,
        set,
        content: rows[i],
        style: rows[i],
      })),
      shots: drawings.map(({ set }, i) => ({ set, style: rows[i] })),
    };
    for (const set of ["set 0", "set 1", "set 2"]) {
      // By chance a third are right.
      assert(validityOf(judged, set).styleNeighbour >= 0.75, set);
    }
    tf.dispose([batch, params, task.params]);
  });
});

describe("a judges' folder", () => {
  it("gives back what was saved, and names what is missing", async () => {
    const folder = join(await Deno.makeTempDir(), "judges");
    const judges: Judges = {
      content: {
        config: contentConfig,
        tokenizer,
        params: initParams(contentJudgeSpecs(contentConfig), createRandom(0)),
      },
      style: {
        config: { image_config: styleImage },
        params: initParams(imageTowerSpecs(styleImage), createRandom(1)),
      },
    };
    await saveJudges(folder, judges);
    const loaded = await loadJudges(folder);
    const images = [{ width: size, height: size, data: drawings[5].pixels }];
    for (const name of ["content", "style"] as const) {
      const [before] = judgeImages(judges[name], images);
      const [after] = judgeImages(loaded[name], images);
      assertAlmostEquals(Math.hypot(...after), 1, 1e-5);
      before.forEach((value, i) => assertAlmostEquals(after[i], value, 2e-2));
    }
    const [text] = judgeTexts(judges.content, ["a red apple"]);
    judgeTexts(loaded.content, ["a red apple"])[0]
      .forEach((value, i) => assertAlmostEquals(value, text[i], 2e-2));
    const blank = { width: size, height: size, data: new Uint8Array(size * size * 3).fill(255) };
    assert(judgeImages(loaded.content, [blank])[0].every(Number.isFinite));
    await Deno.remove(join(folder, "style", "config.json"));
    const error = await assertRejects(() => loadJudges(folder), UserError);
    assert(error.message.includes("config.json"));
    tf.dispose([judges, loaded].flatMap(({ content, style }) => [content.params, style.params]));
    await Deno.remove(join(folder, ".."), { recursive: true });
  });
});

describe("a judge's validity", () => {
  const axes = (i: number) => Float32Array.from([0, 1, 2, 3], (j) => Number(i === j));
  const judgedOf = (content: (concept: number, set: number) => number): Judged => ({
    concepts: [0, 1, 2].map((i) => ({ id: `${i}`, text: axes(i) })),
    drawings: [0, 1, 2].flatMap((concept) =>
      [0, 1].map((set) => ({
        concept: `${concept}`,
        set: `${set}`,
        content: axes(content(concept, set)),
        style: axes(set),
      }))
    ),
    shots: [0, 1].map((set) => ({ set: `${set}`, style: axes(set) })),
  });

  it("is full where all answers are right", () => {
    assertEquals(validityOf(judgedOf((concept) => concept), "1"), {
      captionTop1: 1,
      captionTop5: 1,
      styleNeighbour: 1,
      conceptNeighbour: 1,
      triples: 1,
    });
  });

  it("counts each wrong answer of the designer asked about", () => {
    // Designer 1's drawing of concept 0 is taken for concept 1.
    const judged = judgedOf((concept, set) => set === 1 && concept === 0 ? 1 : concept);
    assertAlmostEquals(validityOf(judged, "1").captionTop1, 2 / 3, 1e-9);
    assertAlmostEquals(validityOf(judged, "1").conceptNeighbour, 2 / 3, 1e-9);
    assertEquals(validityOf(judged, "1").styleNeighbour, 1);
    // Its rivals of the right style are as good, and half of those that show concept 1.
    assertAlmostEquals(validityOf(judged, "1").triples, (0 + 1 / 2 + 1) / 3, 1e-9);
    assertEquals(validityOf(judged, "0").captionTop1, 1);
  });
});
