/** Targets: weights, adapters and tokenizers. */
import { join } from "node:path";
import { createRandom } from "specialist/data";
import { sizeOf } from "specialist/internal/runtime/units.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import {
  conv,
  convertToKohya,
  createLora,
  layerNorm,
  linear,
  loadEmbedding,
  loadLora,
  saveEmbedding,
  saveLora,
} from "specialist/models";
import { dtypeNames } from "specialist/models/files/dtypes.ts";
import { loadParams, weightsFiles } from "specialist/models/files/load_params.ts";
import { initParams, saveParams } from "specialist/models/files/parameters.ts";
import {
  type NamedArray,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";
import { loadTokenizer, saveTokenizer } from "specialist/models/tokenizer/files.ts";
import { smallModel, tokenizer } from "../small_networks.ts";
import { defineTarget, jsonFile, requireThat, seedFrom } from "../target.ts";

const file = "model.safetensors";

function array(dtype: NamedArray["dtype"], ...shape: number[]): NamedArray {
  const length = sizeOf(shape);
  return { dtype, shape, data: Float32Array.from({ length }, (_, i) => i % 2) };
}

const everyType = Object.fromEntries(dtypeNames.map((dtype) => [dtype, array(dtype, 2, 3)]));

export const safetensorsTarget = defineTarget({
  title: "safetensors",
  seeds: () =>
    Promise.all([
      seedFrom((folder) => writeSafetensors(join(folder, file), everyType, { note: "a note" })),
      seedFrom((folder) =>
        writeSafetensors(join(folder, file), {
          "unet.conv_in.weight": array("F16", 4, 2, 3, 3),
          "unet.conv_in.bias": array("F16", 4),
          scalar: array("F32"),
          empty: array("F32", 0, 4),
        })
      ),
    ]),
  read: (folder) => readSafetensors(join(folder, file)),
  check({ tensors }) {
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      const length = sizeOf(shape);
      requireThat(data.length === length, `${name} is [${shape}] with ${data.length} numbers`);
    }
  },
});

const first = conv("conv_in", 2, 3, 3).specs;
const second = { ...linear("proj", 3, 2).specs, ...layerNorm("norm", 3).specs };
const specs = { ...first, ...second };
const name = "diffusion_pytorch_model";
const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];

const draw = (which: typeof specs) => initParams(which, createRandom("weights"));

export const weightsTarget = defineTarget({
  title: "weights, whole or in shards",
  async seeds() {
    const whole = (variant: string, dtype: "F16" | "F32") =>
      seedFrom((folder) =>
        saveParams(join(folder, `${name}${variant}.safetensors`), draw(specs), { dtype })
      );
    const inShards = await seedFrom(async (folder) => {
      await saveParams(join(folder, shards[0]), draw(first), { dtype: "F32" });
      await saveParams(join(folder, shards[1]), draw(second), { dtype: "F32" });
    });
    const weight_map = Object.fromEntries(
      Object.keys(specs).map((name) => [name, shards[name in first ? 0 : 1]]),
    );
    return [
      await whole("", "F32"),
      await whole(".fp16", "F16"),
      { ...inShards, [`${name}.safetensors.index.json`]: jsonFile({ metadata: {}, weight_map }) },
    ];
  },
  read: async (folder) => await loadParams(await weightsFiles(folder, name), specs),
  check(params) {
    for (const [name, tensor] of Object.entries(params)) {
      requireThat(tensor.dataSync().every(Number.isFinite), `${name} has numbers that are none`);
    }
    tf.dispose(params);
  },
});

const loraFile = "lora.safetensors";
const model = smallModel();
const shape = { rank: 2, alpha: 6, targets: ["attn1.to_q", "attn2.to_out.0"] };

export const loraTarget = defineTarget({
  title: "low-rank adapters",
  async seeds() {
    const adapters = createLora(model.unet.params, shape, createRandom("lora"));
    const save = (folder: string) =>
      saveLora(join(folder, loraFile), { ...shape, adapters }, { "modelspec.title": "chalk" });
    const kohya = await seedFrom(async (folder) => {
      await save(folder);
      await convertToKohya(join(folder, loraFile), join(folder, loraFile));
    });
    return [await seedFrom(save), kohya];
  },
  read: (folder) => loadLora(join(folder, loraFile), model),
  check(adapters) {
    for (const [name, tensor] of Object.entries({ ...adapters.unet, ...adapters.textEncoder })) {
      requireThat(tensor.dataSync().every(Number.isFinite), `${name} has numbers that are none`);
    }
    tf.dispose([adapters.unet, adapters.textEncoder]);
  },
});

const exportFile = "lora.safetensors";
const exportShape = { rank: 2, alpha: 6, targets: ["attn1.to_q"] };

export const loraExportTarget = defineTarget({
  title: "low-rank adapters to be written in kohya's names",
  async seeds() {
    const { unet } = smallModel();
    const adapters = createLora(unet.params, exportShape, createRandom("lora"));
    return [
      await seedFrom((folder) => saveLora(join(folder, exportFile), { ...exportShape, adapters })),
    ];
  },
  async read(folder) {
    const written = join(folder, "kohya.safetensors");
    await convertToKohya(join(folder, exportFile), written);
    return await readSafetensors(written);
  },
  check({ tensors }) {
    const isKohyas = (name: string) => /^lora_unet_.+\.(lora_(down|up)\.weight|alpha)$/s.test(name);
    const other = Object.keys(tensors).find((name) => !isKohyas(name));
    requireThat(other === undefined, `it wrote ${other}`);
  },
});

const embeddingFile = "learned_embeds.safetensors";

export const embeddingTarget = defineTarget({
  title: "learned words (textual inversion)",
  async seeds() {
    const word = { placeholder: "<style-token>", rows: tf.tensor([[0.5, -1, 0.25, 2]]) };
    const several = { ...word, rows: tf.tensor([[0.5, -1], [0.25, 2]]) };
    const metadata = { "modelspec.title": "chalk" };
    return [
      await seedFrom((folder) => saveEmbedding(join(folder, embeddingFile), word)),
      await seedFrom((folder) => saveEmbedding(join(folder, embeddingFile), word, metadata)),
      await seedFrom((folder) => saveEmbedding(join(folder, embeddingFile), several)),
    ];
  },
  read: (folder) => loadEmbedding(join(folder, embeddingFile)),
  check({ placeholder, rows }) {
    requireThat(placeholder.trim() !== "", "the word is empty");
    requireThat(rows.rank === 2 && rows.size > 0, `its rows are [${rows.shape}]`);
    requireThat(rows.dataSync().every(Number.isFinite), "its rows have numbers that are none");
    rows.dispose();
  },
});

const { vocab, merges, addedTokens } = tokenizer.data;
const text = "a red apple in <style-token> style";

export const tokenizerTarget = defineTarget({
  title: "tokenizer folders",
  async seeds() {
    const saved = await seedFrom((folder) => saveTokenizer(tokenizer, folder));
    const added_tokens = Object.entries(addedTokens).map(([content, id]) => ({ id, content }));
    const { "vocab.json": _vocab, "merges.txt": _merges, ...others } = saved;
    return [
      { ...saved, "added_tokens.json": jsonFile(addedTokens) },
      { ...others, "tokenizer.json": jsonFile({ model: { vocab, merges }, added_tokens }) },
    ];
  },
  read: loadTokenizer,
  check({ encode, decode, vocabSize, data, addToken }) {
    const ids = encode(text);
    requireThat(ids.length === data.maxLength, `a text has ${ids.length} ids`);
    const isRow = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabSize;
    requireThat(
      ids.every(isRow),
      `of ${vocabSize} tokens, one has the id ${ids.find((id) => !isRow(id))}`,
    );
    decode(ids);
    const word = "<another-word>";
    const [id] = addToken(word).tokenize(word);
    requireThat(id === vocabSize, `another word has the id ${id}`);
    requireThat(!tokenOf(data.vocab, id), `another word has the id of ${tokenOf(data.vocab, id)}`);
  },
});

function tokenOf(vocab: Record<string, number>, wanted: number): string | undefined {
  return Object.entries(vocab).find(([, id]) => id === wanted)?.[0];
}
