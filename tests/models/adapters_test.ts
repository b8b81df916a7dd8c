import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { type ExportConfig, sampleSchema } from "experiments/commands/options.ts";
import { runExport } from "experiments/train/export.ts";
import { runSample } from "experiments/train/sample.ts";
import { runTrain } from "experiments/train/train.ts";
import { trainSchema } from "specialist";
import { createRandom, readImage } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  convertToKohya,
  createLora,
  loadEmbedding,
  loadLora,
  loadStableDiffusion,
  loraScales,
  mergeLora,
  type Params,
  saveEmbedding,
  saveLora,
  withLora,
  withWord,
} from "specialist/models";
import {
  type NamedArray,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";
import { ownFixtures } from "../parity/run_case.ts";
import { assertTensorsNear, normal } from "../tensors.ts";

await useBackend();

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);

const model = await loadStableDiffusion(join(ownFixtures, "pipeline"));
const { unet, textEncoder } = model;

/** Adapters that change their layers. */
function trainedLora() {
  const shape = { rank: 2, alpha: 6, targets: ["attn1.to_q", "attn2.to_out.0"] };
  const adapters = createLora(unet.params, shape, createRandom("adapters"));
  for (const name of Object.keys(adapters)) adapters[name] = normal(adapters[name].shape);
  return { ...shape, adapters };
}

function assertParamsNear(actual: Params, expected: Params): void {
  assertEquals(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    assertTensorsNear(actual[name], value, 1e-6);
  }
}

function array(...shape: number[]): NamedArray {
  const data = normal(shape).dataSync() as Float32Array<ArrayBuffer>;
  return { shape, dtype: "F32", data };
}

describe("a file of low-rank adapters", () => {
  it("gives the weights that were trained, in diffusers' and in kohya's names", async () => {
    const lora = trainedLora();
    await saveLora(inFolder("lora"), lora);
    await convertToKohya(inFolder("lora"), inFolder("kohya"));
    const expected = mergeLora({
      ...unet.params,
      ...lora.adapters,
      ...loraScales(lora.adapters, lora),
    });
    for (const name of ["lora", "kohya"]) {
      const adapted = withLora(model, await loadLora(inFolder(name), model));
      assertParamsNear(adapted.unet.params, expected);
      assertEquals(adapted.textEncoder.params, textEncoder.params);
    }
  });

  it("says where it comes from, and is known again by its numbers alone", async () => {
    const lora = trainedLora();
    const origin = { "modelspec.title": "chalk", "modelspec.trigger_phrase": "chalk drawing" };
    await saveLora(inFolder("told"), lora, origin);
    await saveLora(inFolder("untold"), lora);
    await convertToKohya(inFolder("told"), inFolder("told kohya"));
    const { metadata } = await readSafetensors(inFolder("told kohya"));
    assertEquals(
      { ...metadata, ...origin, ss_network_dim: "2", ss_network_alpha: "6" },
      metadata,
    );
    const hashes = [];
    for (const name of ["told", "untold", "told kohya"]) {
      const { metadata } = await readSafetensors(inFolder(name));
      const bytes = await Deno.readFile(inFolder(name));
      const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const hash = createHash("sha256").update(bytes.subarray(8 + header)).digest("hex");
      assertEquals([metadata["modelspec.hash_sha256"], metadata.sshs_model_hash], [
        `0x${hash}`,
        hash,
      ]);
      hashes.push(hash);
    }
    assertEquals(hashes[0], hashes[1]);
    assert(hashes[0] !== hashes[2], "other names are other tensors");
  });

  it("may adapt the text encoder and 1×1 convolutions, each layer at its own scale", async () => {
    const attention = "text_model.encoder.layers.0.self_attn.q_proj";
    const projection = "mid_block.attentions.0.proj_in";
    const [width] = textEncoder.params[`${attention}.weight`].shape;
    const [, , inputs, outputs] = unet.params[`${projection}.weight`].shape;
    const parts = {
      [`lora_te_${attention.replaceAll(".", "_")}.lora_down.weight`]: array(2, width),
      [`lora_te_${attention.replaceAll(".", "_")}.lora_up.weight`]: array(width, 2),
      [`lora_te_${attention.replaceAll(".", "_")}.alpha`]: {
        ...array(),
        data: Float32Array.of(1),
      },
      [`lora_unet_${projection.replaceAll(".", "_")}.lora_down.weight`]: array(3, inputs, 1, 1),
      [`lora_unet_${projection.replaceAll(".", "_")}.lora_up.weight`]: array(outputs, 3, 1, 1),
    };
    await writeSafetensors(inFolder("both"), parts);
    const adapted = withLora(model, await loadLora(inFolder("both"), model));
    const [textDown, textUp, , down, up] = Object.values(parts).map(({ data, shape }) =>
      tf.tensor(data, shape.length === 0 ? [] : [shape[0], data.length / shape[0]])
    );
    const grown = tf.sub(
      adapted.textEncoder.params[`${attention}.weight`],
      textEncoder.params[`${attention}.weight`],
    );
    assertTensorsNear(grown, tf.mul(0.5, tf.matMul(textUp as never, textDown as never)), 1e-5);
    const product = tf.matMul(up as never, down as never); // [out, in]
    assertTensorsNear(
      tf.sub(adapted.unet.params[`${projection}.weight`], unet.params[`${projection}.weight`]),
      tf.reshape(tf.transpose(product), [1, 1, inputs, outputs]),
      1e-5,
    );
  });

  it("for another model, or of another kind, is refused by the tensor's name", async () => {
    const layer = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    const cases: Record<string, [Record<string, NamedArray>, said: string]> = {
      "other model": [{ "unet.nowhere.lora_A.weight": array(2, 4) }, "unet.nowhere.lora_A.weight"],
      "other kind": [{ [`lora_unet_x.hada_w1_a`]: array(2, 4) }, "lora_unet_x.hada_w1_a"],
      "other width": [
        {
          [`unet.${layer}.lora_A.weight`]: array(2, 5),
          [`unet.${layer}.lora_B.weight`]: array(5, 2),
        },
        layer,
      ],
      "half of one": [{ [`unet.${layer}.lora_A.weight`]: array(2, 4) }, layer],
    };
    for (const [name, [tensors, said]] of Object.entries(cases)) {
      await writeSafetensors(inFolder(name), tensors);
      const error = await assertRejects(() => loadLora(inFolder(name), model), UserError);
      assertStringIncludes(error.message, said);
      assertStringIncludes(error.message, inFolder(name));
    }
  });

  it("with a number that is none is refused by the tensor's name, and leaves no tensors", async () => {
    const layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    const [width] = unet.params[`${layer.slice(5)}.weight`].shape;
    const up = array(width, 2);
    up.data[3] = Infinity;
    await writeSafetensors(inFolder("infinite"), {
      [`${layer}.lora_A.weight`]: array(2, width),
      [`${layer}.lora_B.weight`]: up,
    });
    const before = tf.memory().numTensors;
    const load = () => loadLora(inFolder("infinite"), model);
    const error = await assertRejects(load, UserError, inFolder("infinite"));
    assertStringIncludes(error.message, `${layer}.lora_B.weight": a number is infinite`);
    assertEquals(tf.memory().numTensors, before);
  });

  it("scaled in a way that is not known here is refused by the setting's name", async () => {
    const layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    const [width] = unet.params[`${layer.slice(5)}.weight`].shape;
    const tensors = {
      [`${layer}.lora_A.weight`]: array(2, width),
      [`${layer}.lora_B.weight`]: array(width, 2),
    };
    const refused = async (settings: string, said: string) => {
      await writeSafetensors(inFolder("scaled"), tensors, { lora_adapter_metadata: settings });
      await assertRejects(() => loadLora(inFolder("scaled"), model), UserError, said);
    };
    await refused('{ "unet.use_rslora": true }', "unet.use_rslora");
    await refused('{ "unet.alpha_pattern": { "to_q": 8 } }', "unet.alpha_pattern");
    await refused('{ "unet.lora_alpha": 1e300 }', "unet.lora_alpha");
    await refused("{", "lora_adapter_metadata");
  });
});

describe("a file of a learned word", () => {
  const width = textEncoder.config.hidden_size;

  it("gives the word, and every other word as before", async () => {
    const row = normal([1, width]);
    await saveEmbedding(inFolder("word"), { placeholder: "<chalk>", rows: row });
    const word = await loadEmbedding(inFolder("word"));
    assertEquals(word.placeholder, "<chalk>");
    assertTensorsNear(word.rows, row, 0);
    const knowing = { ...model, ...withWord(model, word) };
    assertEquals(knowing.tokenizer.tokenize("<chalk>"), [model.tokenizer.vocabSize]);
    assertTensorsNear(
      knowing.encodePrompts(["a castle"]),
      model.encodePrompts(["a castle"]),
      1e-6,
    );
  });

  it("gives a word of several tokens, one row each", async () => {
    const rows = normal([3, width]);
    await saveEmbedding(inFolder("several"), { placeholder: "<chalk>", rows });
    const { tensors } = await readSafetensors(inFolder("several"));
    assertEquals(tensors["<chalk>"].shape, [3, width]);
    const word = await loadEmbedding(inFolder("several"));
    assertTensorsNear(word.rows, rows, 0);
    const knowing = { ...model, ...withWord(model, word) };
    const { vocabSize } = model.tokenizer;
    assertEquals(knowing.tokenizer.tokenize("<chalk>"), [0, 1, 2].map((i) => vocabSize + i));
    const first = withWord(model, { placeholder: "<chalk>", rows: tf.slice(rows, [0, 0], [1]) });
    const [three, one] = [knowing, { ...model, ...first }]
      .map((model) => model.encodePrompts(["in <chalk> style"]).dataSync());
    assertNotEquals(three, one);
  });

  it("is refused where it holds something else, or does not fit the model", async () => {
    await writeSafetensors(inFolder("two tables"), { "<chalk>": array(2, 2, width) });
    await writeSafetensors(inFolder("two words"), { "<a>": array(width), "<b>": array(width) });
    await writeSafetensors(inFolder("none"), {});
    await writeSafetensors(inFolder("nameless"), { " ": array(width) });
    const row = { ...array(width), data: new Float32Array(width).fill(NaN) };
    await writeSafetensors(inFolder("no numbers"), { "<chalk>": row });
    for (const name of ["two tables", "two words", "none", "nameless", "no numbers"]) {
      await assertRejects(() => loadEmbedding(inFolder(name)), UserError, inFolder(name));
    }
    const fits = (placeholder: string, width: number) =>
      new Promise((resolve) => resolve(withWord(model, { placeholder, rows: normal([1, width]) })));
    await assertRejects(() => fits("<chalk>", width + 1), UserError, `${width + 1} numbers`);
    await assertRejects(() => fits("a", width), UserError, "a token already");
  });
});

describe("a run's adapters", () => {
  const run = inFolder("run");
  const prompts = ["a castle", "a dog"];

  beforeAll(async () => {
    cpSync(join(ownFixtures, "pipeline"), inFolder("base"), { recursive: true });
    for (const name of ["guide", "judge"]) {
      cpSync(join(ownFixtures, "clip/model"), inFolder(`base/${name}`), { recursive: true });
    }
    await runTrain(trainSchema.parse({
      model: inFolder("base"),
      output: run,
      method: { method: "lora", targets: ["to_v"] },
      training: { steps: 2, batchSize: 2, learningRate: { peak: 0.1 } },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { prompts, every: 2, curveConcepts: 2 },
    }));
  });
  afterAll(() => Deno.remove(run, { recursive: true }));

  async function drawn(name: string, settings: object): Promise<number[]> {
    const output = inFolder(`drawn ${name}`);
    const options = { prompts, count: 1, sampling: { steps: 2 }, output };
    await runSample(sampleSchema.parse({ model: inFolder("base"), ...options, ...settings }));
    return [...(await readImage(join(output, "grid.png"))).data];
  }

  it("draw with the base model what the adapted model draws", async () => {
    const kohya = await runExport({ run, format: "lora-kohya" });
    const base = await drawn("base", {});
    const adapted = await drawn("adapted", { model: join(run, "model") });
    const lora = await drawn("lora", { lora: [join(run, "lora.safetensors")] });
    const distance = (a: number[], b: number[]) =>
      a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
    assertEquals(await drawn("kohya", { lora: [kohya] }), lora);
    // The adapted model's folder is in half precision.
    assert(distance(adapted, lora) <= 2, `${distance(adapted, lora)}`);
    assert(distance(base, lora) > 2, `${distance(base, lora)}`);
  });

  it("are part of the weights in a single file", async () => {
    const folder = await loadStableDiffusion(join(run, "model"));
    // As `sample --model` does: the file says what the small model's networks are.
    const single = await loadStableDiffusion(await runExport({ run, format: "single-file" }));
    assertEquals(single.tokenizer.data, folder.tokenizer.data);
    for (const part of ["unet", "vae", "textEncoder"] as const) {
      assertParamsNear(single[part].params, folder[part].params);
    }
  });

  it("say how they were trained", async () => {
    const { metadata } = await readSafetensors(join(run, "lora.safetensors"));
    const { method, training, datasets } = JSON.parse(metadata["specialist.training"]);
    assertEquals([method.trainable[0].rank, training.steps], [4, 2]);
    const known = ["style", "model", "corpus", "splits", "paraphrases", "templates"];
    assertEquals(Object.keys(datasets), known);
    assertEquals(metadata["modelspec.trigger_phrase"], "fluent flat");
    assert(!JSON.stringify(metadata).includes(folder), "no paths");
  });

  it("are not exported where no run has finished, or its method has none", async () => {
    await assertRejects(
      () => runExport({ run: inFolder("nowhere"), format: "lora-kohya" }),
      UserError,
      "no finished run",
    );
    const record = JSON.parse(await Deno.readTextFile(join(run, "run.json")));
    const other = inFolder("other");
    cpSync(run, other, { recursive: true });
    const refused = async (names: string[], format: ExportConfig["format"], said: string) => {
      const trainable = names.map((name) => ({ name }));
      const config = { ...record.config, method: { ...record.config.method, trainable } };
      await Deno.writeTextFile(join(other, "run.json"), JSON.stringify({ ...record, config }));
      await assertRejects(() => runExport({ run: other, format }), UserError, said);
    };
    await refused(["unet"], "lora-kohya", "it trains unet");
    await refused(["token", "lora"], "lora-kohya", "it trains token and lora");
    await refused(["token"], "single-file", "no place");
    // Of an earlier version, whose records say it in their kind.
    const { method: _, ...config } = record.config;
    const old = { ...record, kind: "textual_inversion", config: { ...config, method: {} } };
    await Deno.writeTextFile(join(other, "run.json"), JSON.stringify(old));
    await assertRejects(() => runExport({ run: other, format: "single-file" }), UserError, "place");
  });
});
