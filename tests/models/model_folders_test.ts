import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cpSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Image, plainImage } from "specialist/data";
import { renderError, UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  embedImages,
  embedTexts,
  loadClip,
  loadStableDiffusion,
  saveClip,
  saveStableDiffusion,
} from "specialist/models";
import {
  type NamedArray,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";
import { ownFixtures } from "../parity/run_case.ts";

await useBackend();

const pipeline = join(ownFixtures, "pipeline");
const clipFolder = join(ownFixtures, "clip/model");
const unetWeights = "unet/diffusion_pytorch_model.safetensors";

async function withFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await check(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `check` on a copy of the tiny pipeline whose file of weights was changed. */
async function withWeights(
  file: string,
  change: (tensors: Record<string, NamedArray>) => void,
  check: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    cpSync(pipeline, folder, { recursive: true });
    const { tensors } = await readSafetensors(join(folder, file));
    change(tensors);
    await writeSafetensors(join(folder, file), tensors);
    await check(folder);
  });
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  const text = renderError(await assertRejects(() => promise, UserError));
  assert(text.split("\n").length < 12, text);
  return text;
}

async function readJsonFile(...path: string[]) {
  return JSON.parse(await Deno.readTextFile(join(...path)));
}

describe("a model folder", () => {
  it("is written as it was read: configs, tokenizer and every tensor", () =>
    withFolder(async (parent) => {
      const folder = join(parent, "saved");
      await saveStableDiffusion(folder, await loadStableDiffusion(pipeline), { dtype: "F32" });
      for (
        const weights of [
          unetWeights,
          "vae/diffusion_pytorch_model.safetensors",
          "text_encoder/model.safetensors",
        ]
      ) {
        const { tensors: before } = await readSafetensors(join(pipeline, weights));
        const { tensors: after } = await readSafetensors(join(folder, weights));
        delete before["text_model.embeddings.position_ids"]; // constants, not weights
        assertEquals(Object.keys(after).sort(), Object.keys(before).sort());
        for (const [name, array] of Object.entries(after)) assertEquals(array, before[name], name);
      }
      for (const config of ["unet", "vae", "text_encoder"]) {
        assertEquals(
          await readJsonFile(folder, config, "config.json"),
          {
            ...await readJsonFile(folder, config, "config.json"),
            ...await readJsonFile(pipeline, config, "config.json"),
          },
        );
      }
      assertEquals(
        await readJsonFile(folder, "model_index.json"),
        await readJsonFile(pipeline, "model_index.json"),
      );
      const { tokenizer } = await loadStableDiffusion(folder);
      const again = (await loadStableDiffusion(pipeline)).tokenizer;
      assertEquals(tokenizer.encode("a castle"), again.encode("a castle"));
      assertEquals((await Array.fromAsync(Deno.readDir(parent))).length, 1, "nothing is left over");
    }));

  it("has 1.0, not 1, where transformers refuses a whole number", () =>
    withFolder(async (folder) => {
      const model = await loadStableDiffusion(pipeline);
      const config = { ...model.textEncoder.config, dropout: 0, initializer_factor: 1 };
      const textEncoder = { ...model.textEncoder, config };
      const path = join(folder, "model");
      await saveStableDiffusion(path, { ...model, textEncoder }, { dtype: "F16" });
      const text = await Deno.readTextFile(join(path, "text_encoder", "config.json"));
      assertMatch(text, /"dropout": 0\.0$/m);
      assertMatch(text, /"initializer_factor": 1\.0,$/m);
      assertMatch(text, /"hidden_size": \d+,$/m);
    }));

  it("in half precision is read as it was written", () =>
    withFolder(async (parent) => {
      const [first, second] = [join(parent, "first"), join(parent, "second")];
      await saveStableDiffusion(first, await loadStableDiffusion(pipeline), { dtype: "F16" });
      await saveStableDiffusion(second, await loadStableDiffusion(first), { dtype: "F16" });
      const { tensors } = await readSafetensors(join(first, unetWeights));
      assertEquals(tensors["conv_in.weight"].dtype, "F16");
      assertEquals(tensors, (await readSafetensors(join(second, unetWeights))).tensors);
    }));

  it("may hold half-precision variants only", () =>
    withFolder(async (folder) => {
      cpSync(pipeline, folder, { recursive: true });
      const variant = unetWeights.replace(".safetensors", ".fp16.safetensors");
      await Deno.rename(join(folder, unetWeights), join(folder, variant));
      await loadStableDiffusion(folder);
    }));

  it("may name the autoencoder's attention as old files do", () =>
    withWeights(
      "vae/diffusion_pytorch_model.safetensors",
      (tensors) => {
        const old = { to_q: "query", to_k: "key", to_v: "value", "to_out.0": "proj_attn" };
        for (const [now, then] of Object.entries(old)) {
          for (const name of Object.keys(tensors).filter((name) => name.includes(`.${now}.`))) {
            const array = tensors[name];
            const shape = name.endsWith("weight") ? [...array.shape, 1, 1] : array.shape;
            tensors[name.replace(`.${now}.`, `.${then}.`)] = { ...array, shape };
            delete tensors[name];
          }
        }
      },
      async (folder) => {
        const old = (await loadStableDiffusion(folder)).vae.params;
        const { params } = (await loadStableDiffusion(pipeline)).vae;
        const name = "decoder.mid_block.attentions.0.to_out.0.weight";
        assertEquals(old[name].arraySync(), params[name].arraySync());
      },
    ));

  it("that lacks a tensor is refused by the tensor's name", () =>
    withWeights(
      unetWeights,
      (tensors) => delete tensors["conv_in.bias"],
      async (folder) => {
        const text = await problemOf(loadStableDiffusion(folder));
        assertStringIncludes(text, "conv_in.bias is missing");
        assertStringIncludes(text, join(folder, unetWeights));
        assertStringIncludes(text, "remedy");
      },
    ));

  it("with a tensor of another shape is refused, with both shapes", () =>
    withWeights(
      unetWeights,
      (tensors) => tensors["conv_in.bias"].shape.push(1),
      async (folder) =>
        assertStringIncludes(
          await problemOf(loadStableDiffusion(folder)),
          "conv_in.bias has the shape [32,1], not [32]",
        ),
    ));

  const needed = [
    "scheduler/scheduler_config.json",
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "text_encoder/model.safetensors",
    unetWeights,
    "vae/config.json",
  ];
  for (const missing of needed) {
    it(`that lacks ${missing} is refused by its name`, () =>
      withFolder(async (folder) => {
        cpSync(pipeline, folder, { recursive: true });
        await Deno.remove(join(folder, missing));
        const text = await problemOf(loadStableDiffusion(folder));
        assertStringIncludes(text, `there is no ${basename(missing)}`);
        assertStringIncludes(text, join(folder, dirname(missing)));
      }));
  }

  it("with a weight that is not a number is refused when it is needed, by the tensor's name", () =>
    withWeights(
      unetWeights,
      (tensors) => tensors["conv_in.bias"].data[1] = NaN,
      async (folder) => {
        const text = await problemOf((async () => {
          const { unet } = await loadStableDiffusion(folder);
          unet.params["conv_in.bias"].dataSync();
        })());
        assertStringIncludes(text, 'tensor "conv_in.bias": a number is infinite, or none');
      },
    ));

  const claims: [string, string, Record<string, unknown>, string][] = [
    ["more layers than memory", "text_encoder", { num_hidden_layers: 1e9 }, "num_hidden_layers"],
    ["more blocks than memory", "unet", { layers_per_block: 1e9 }, "layers_per_block"],
    ["channels beyond counting", "vae", { latent_channels: 2 ** 50 }, "latent_channels"],
    ["heads that do not divide", "text_encoder", { num_attention_heads: 3 }, "num_attention_heads"],
    ["other heads in the U-Net", "unet", { attention_head_dim: 7 }, "attention_head_dim"],
    ["groups that do not divide", "vae", { norm_num_groups: 5 }, "norm_num_groups"],
    ["an unknown field with a function's name", "unet", { constructor: 1 }, "constructor"],
  ];
  for (const [what, part, fields, named] of claims) {
    it(`that claims ${what} is refused by the field's name`, () =>
      withFolder(async (folder) => {
        cpSync(pipeline, folder, { recursive: true });
        const file = join(folder, part, "config.json");
        const config = await readJsonFile(file);
        await Deno.writeTextFile(file, JSON.stringify({ ...config, ...fields }));
        const text = await problemOf(loadStableDiffusion(folder));
        assertStringIncludes(text, file);
        assertStringIncludes(text, named);
      }));
  }

  it("whose index names no shards, or leads out of the folder, is refused", () =>
    withFolder(async (folder) => {
      cpSync(pipeline, folder, { recursive: true });
      await Deno.remove(join(folder, unetWeights));
      const index = join(folder, `${unetWeights}.index.json`);
      for (
        const shards of [[], ["../vae/diffusion_pytorch_model.safetensors"], ["/x.safetensors"]]
      ) {
        const weight_map = Object.fromEntries(shards.map((shard, i) => [`tensor${i}`, shard]));
        await Deno.writeTextFile(index, JSON.stringify({ weight_map }));
        assertStringIncludes(await problemOf(loadStableDiffusion(folder)), index);
      }
    }));

  it("whose weights are pickled only is refused, not run", () =>
    withFolder(async (folder) => {
      cpSync(pipeline, folder, { recursive: true });
      const pickled = join(folder, unetWeights.replace(".safetensors", ".bin"));
      await Deno.rename(join(folder, unetWeights), pickled);
      assertStringIncludes(await problemOf(loadStableDiffusion(folder)), "pickled");
    }));

  it("takes an old one's place, but never that of other files", () =>
    withFolder(async (parent) => {
      const folder = join(parent, "model"), model = await loadStableDiffusion(pipeline);
      await saveStableDiffusion(folder, model, { dtype: "F16" });
      await saveStableDiffusion(folder, model, { dtype: "F32" });
      await Deno.writeTextFile(join(folder, "holiday.jpg"), "precious");
      const text = await problemOf(saveStableDiffusion(folder, model, { dtype: "F16" }));
      assertStringIncludes(text, "holiday.jpg");
      assertEquals(await Deno.readTextFile(join(folder, "holiday.jpg")), "precious");
      assertEquals((await Array.fromAsync(Deno.readDir(parent))).length, 1);
      await loadStableDiffusion(folder);
    }));
});

describe("CLIP's folder", () => {
  it("is written as it was read", () =>
    withFolder(async (parent) => {
      const folder = join(parent, "saved");
      await saveClip(folder, await loadClip(clipFolder), { dtype: "F32" });
      const weights = "model.safetensors";
      const { tensors: before } = await readSafetensors(join(clipFolder, weights));
      const { tensors: after } = await readSafetensors(join(folder, weights));
      for (const name of Object.keys(before)) {
        if (!name.endsWith("position_ids")) assertEquals(after[name], before[name], name);
      }
      const [clip, again] = [await loadClip(clipFolder), await loadClip(folder)];
      assertEquals(again.preprocessor, { ...again.preprocessor, ...clip.preprocessor });
      assertEquals(await embedTexts(again, ["a cat"]), await embedTexts(clip, ["a cat"]));
    }));
});

describe("embeddings", () => {
  const images: Image[] = Array.from({ length: 67 }, (_, i) => plainImage(40, 33, [3 * i, 99, 0]));

  it("are of length 1, one for each item in order, whatever else is in the batch", async () => {
    const clip = await loadClip(clipFolder);
    const rows = await embedImages(clip, images);
    assertEquals(rows.length, images.length);
    for (const row of rows) assert(Math.abs(Math.hypot(...row) - 1) < 1e-5);
    const [alone] = await embedImages(clip, [images[66]]);
    alone.forEach((value, i) => assert(Math.abs(value - rows[66][i]) < 1e-5));
    assertEquals(await embedTexts(clip, []), []);
  });

  it("keep no tensors", async () => {
    const clip = await loadClip(clipFolder);
    await embedTexts(clip, ["a cat"]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await embedTexts(clip, [`a cat ${i}`]);
    assertEquals(tf.memory().numTensors, before);
  });
});
