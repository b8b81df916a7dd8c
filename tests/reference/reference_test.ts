/** What we write, diffusers reads; from the same noise both draw the same images. */
import { assert } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom, type Image } from "specialist/data";
import { sample } from "specialist/diffusion";
import { installedPython } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  convertToKohya,
  createLora,
  loadEmbedding,
  loadLora,
  loadStableDiffusion,
  saveEmbedding,
  saveLora,
  saveSingleFile,
  saveStableDiffusion,
  type StableDiffusion,
  withLora,
  withWord,
} from "specialist/models";
import {
  type NamedArray,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";
import { ownFixtures } from "../parity/run_case.ts";
import { normal } from "../tensors.ts";
import { referenceEnvironment } from "./install.ts";

await useBackend();

/** Of 255. Both compute in float32; a level that is nearly half-way may be rounded either way. */
const largestDifference = 1;
/** By how much a file has to change the image, so that one that is not used is found. */
const minEffect = 10;

const base = join(ownFixtures, "pipeline");
const drawing = { steps: 6, guidanceScale: 5, seed: 0 };
const count = 2;
const placeholder = "<style-token>";

/** What diffusers is to draw with, and what we draw with instead. */
type Case = {
  files: { folder?: string; lora?: string; embedding?: string; file?: string };
  prompt: string;
  model: StableDiffusion;
};

const python = await installedPython(referenceEnvironment);
const title = python
  ? "diffusers draws as we do"
  : "diffusers draws as we do (skipped: not installed; deno run -A tests/reference/install.ts)";

describe(title, { ignore: !python }, () => {
  let folder: string;
  let cases: Record<string, Case>;
  let theirs: Record<string, NamedArray>;
  const inFolder = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    const model = await loadStableDiffusion(base);
    cases = await writeCases(model, inFolder);
    await writeSafetensors(inFolder("noise"), { noise: noiseOf(model) });
    const request = {
      base,
      noise: inFolder("noise"),
      ...drawing,
      cases: Object.fromEntries(
        Object.entries(cases).map(([name, { files, prompt }]) => [name, { ...files, prompt }]),
      ),
    };
    await Deno.writeTextFile(inFolder("request.json"), JSON.stringify(request));
    const { success, stderr } = await new Deno.Command(python!, {
      args: [join(import.meta.dirname!, "draw.py"), inFolder("request.json"), inFolder("images")],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    theirs = (await readSafetensors(inFolder("images"))).tensors;
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  for (
    const name of [
      "folder",
      "single file",
      "diffusers' LoRA",
      "kohya's LoRA",
      "learned word",
      "learned word of three vectors",
    ]
  ) {
    it(`with our ${name}`, async () => {
      const { model, prompt } = cases[name];
      const ours = await draw(model, prompt);
      const difference = largest(ours, theirs[name]);
      assert(difference <= largestDifference, `differs by up to ${difference} of 255`);
      if (model === cases.folder.model) return;
      const effect = largest(await draw(cases.folder.model, prompt), theirs[name]);
      assert(effect >= minEffect, `changes the image by at most ${effect} of 255`);
    });
  }
});

/** Files in each format, and the models that they make, as we read them. */
async function writeCases(
  model: StableDiffusion,
  inFolder: (name: string) => string,
): Promise<Record<string, Case>> {
  const saved = inFolder("model");
  await saveStableDiffusion(saved, model, { dtype: "F32" });

  const file = inFolder("model.safetensors");
  await saveSingleFile(file, model, { dtype: "F32" });

  const [lora, kohya] = [inFolder("lora.safetensors"), inFolder("kohya.safetensors")];
  const shape = { rank: 3, alpha: 6, targets: ["to_q", "to_k", "to_v", "to_out.0"] };
  const adapters = createLora(model.unet.params, shape, createRandom("reference"));
  Object.keys(adapters).filter((name) => name.includes(".up.")).forEach((name, i) => {
    adapters[name] = tf.mul(normal(adapters[name].shape, i), 0.3);
  });
  await saveLora(lora, { adapters, ...shape });
  await convertToKohya(lora, kohya);

  const [embedding, several] = [1, 3].map((n) => inFolder(`embedding of ${n}.safetensors`));
  const width = model.textEncoder.config.hidden_size;
  await saveEmbedding(embedding, { placeholder, rows: tf.mul(normal([1, width], 1), 0.3) });
  await saveEmbedding(several, { placeholder, rows: tf.mul(normal([3, width], 2), 0.3) });

  const plain = "a castle beside a lake";
  return {
    "folder": { files: { folder: saved }, prompt: plain, model },
    "single file": { files: { file }, prompt: plain, model },
    "diffusers' LoRA": {
      files: { lora },
      prompt: plain,
      model: withLora(model, await loadLora(lora, model)),
    },
    "kohya's LoRA": {
      files: { lora: kohya },
      prompt: plain,
      model: withLora(model, await loadLora(kohya, model)),
    },
    "learned word": {
      files: { embedding },
      prompt: `a castle in ${placeholder} style`,
      model: { ...model, ...withWord(model, await loadEmbedding(embedding)) },
    },
    "learned word of three vectors": {
      files: { embedding: several },
      prompt: `a castle in ${placeholder} style`,
      model: { ...model, ...withWord(model, await loadEmbedding(several)) },
    },
  };
}

function draw(model: StableDiffusion, prompt: string): Promise<Image[]> {
  return sample(model, { ...drawing, prompts: Array<string>(count).fill(prompt) });
}

/** The noise that `sample` begins with, as diffusers has it: [n, c, h, w]. */
function noiseOf({ unet: { config } }: StableDiffusion): NamedArray {
  const { sample_size: size, in_channels: channels } = config;
  const values = Array.from({ length: count }, (_, i) => {
    const random = createRandom(`${drawing.seed} ${i}`);
    return Array.from({ length: size * size * channels }, () => random.normal());
  });
  const noise = tf.transpose(tf.tensor(values.flat(), [count, size, size, channels]), [0, 3, 1, 2]);
  return { shape: noise.shape, dtype: "F32", data: noise.dataSync() as Float32Array<ArrayBuffer> };
}

/** The largest difference of a level, of 255. */
function largest(images: readonly Image[], { data }: NamedArray): number {
  const levels = images.flatMap((image) => Array.from(image.data));
  assert(levels.length === data.length);
  return Math.max(...levels.map((level, i) => Math.abs(level - Math.round(255 * data[i]))));
}
