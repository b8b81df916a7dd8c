import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { z } from "zod";
import { evaluateSchema, sampleSchema } from "experiments/commands/options.ts";
import { gridOf } from "experiments/train/grid_cells.ts";
import { runEvaluate } from "experiments/train/evaluate.ts";
import { runSample } from "experiments/train/sample.ts";
import { runSampleGrid } from "experiments/train/sample_grid.ts";
import { createRandom, plainImage, readImage, UserError, writePng } from "specialist";
import { resolveConfig } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  loadStableDiffusion,
  saveLora,
  saveStableDiffusion,
  withAdditions,
} from "specialist/models";
import { writeTinyModel } from "../soak/tiny_model.ts";

await useBackend();

let folder: string;
const at = (name: string) => join(folder, name);
const small = { "sampling.steps": "2", "sampling.guidanceScale": "2" };

/** A configuration as the command line has it. */
const configOf = <T extends z.ZodType>(
  schema: T,
  options: Record<string, string>,
) =>
  resolveConfig(schema, {
    assignments: Object.entries({ ...small, ...options }).map(([path, text]) => ({ path, text })),
  });

beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(at("untrained"));
  // A model that was never trained passes nothing on through the layers that end its blocks.
  const model = await loadStableDiffusion(at("untrained"));
  const { params } = model.unet;
  const start = createRandom("base");
  const ends = Object.keys(params).filter((name) => /(proj_out|conv_out)\.weight$/.test(name));
  for (const name of ends) {
    const values = Array.from({ length: params[name].size }, () => start.normal() / 4);
    params[name] = tf.tensor(values, params[name].shape);
  }
  await saveStableDiffusion(at("base"), model, { dtype: "F32" });
  await Deno.rename(at("untrained/judge"), at("base/judge"));
  for (const name of ["one", "two"]) {
    const random = createRandom(name);
    const normals = (shape: number[]) =>
      tf.tensor(Array.from({ length: shape[0] * shape[1] }, () => random.normal()), shape);
    const adapters = Object.fromEntries(
      Object.entries(params).flatMap(([layer, { shape }]) => {
        const [inputs, outputs] = shape.slice(-2);
        const [, adapted] = /^(.*\.proj_out)\.weight$/.exec(layer) ?? [];
        return adapted === undefined ? [] : [
          [`${adapted}.lora.down.weight`, normals([2, inputs])],
          [`${adapted}.lora.up.weight`, normals([outputs, 2])],
        ];
      }),
    );
    await saveLora(at(`${name}.safetensors`), { adapters, rank: 2, alpha: 2 }, {
      "modelspec.trigger_phrase": `the style of ${name}`,
    });
  }
  await Deno.mkdir(at("chalk"));
  await Deno.writeTextFile(at("chalk/style.json"), '{ "styleWords": "chalk" }');
  for (const [name, color] of [["red-apple", 200], ["blue-car", 90], ["green-tree", 30]] as const) {
    await writePng(at(`chalk/${name}.png`), plainImage(40, 30, [color, 20, 20]));
  }
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("evaluate", () => {
  const evaluated = async (options: Record<string, string>) =>
    await runEvaluate(await configOf(evaluateSchema, { base: at("base"), ...options }));

  it("scores adapters on prompts of one's own in a style of one's own", async () => {
    const { scores, subjects, shots } = await evaluated({
      ...{ data: at("chalk"), prompts: '["a castle", "two dogs"]' },
      ...{ lora: at("one.safetensors"), loraScale: "3" },
    });
    assertEquals(subjects.map(({ item }) => item), ["a castle", "two dogs"]);
    assertEquals(scores.map(({ name }) => name), ["content", "style", "memorisation", "drift"]);
    assertEquals(shots!.style.length, 3);
    // Adapters move the model also where the prompt says nothing of the style.
    assert(scores.at(-1)!.after > 0);
  });

  it("scores as many concepts of a shipped style as are asked for", async () => {
    const options = { style: "openmoji", concepts: "2", lora: at("one.safetensors") };
    const none = await evaluated({ ...options, loraScale: "0", trigger: "openmoji" });
    assertEquals(none.subjects.length, 2);
    assertEquals(none.scores.map(({ name }) => name), [
      ...["truth", "content", "style", "memorisation", "drift"],
    ]);
  });

  it("asks for something to score", async () => {
    const error = await assertRejects(() => evaluated({ data: at("chalk") }), UserError);
    assertStringIncludes(error.message, "--lora");
  });
});

describe("a model with additions", () => {
  it("has each file's adapters at its own scale, and frees what it replaces", async () => {
    const base = await loadStableDiffusion(at("base"));
    const [one, two] = [at("one.safetensors"), at("two.safetensors")];
    const weights = async (lora: string[], loraScale?: number[]) => {
      const { model } = await withAdditions(base, { lora, loraScale });
      const name = Object.keys(base.unet.params).find((name) => name.endsWith("proj_out.weight"))!;
      return tf.sub(model.unet.params[name], base.unet.params[name]).dataSync();
    };
    const [first, second] = [await weights([one]), await weights([two])];
    const both = await weights([one, two], [0.5, 2]);
    both.forEach((value, i) => assert(Math.abs(value - first[i] / 2 - 2 * second[i]) < 1e-5));
    const halved = await weights([one], [0.5]);
    halved.forEach((value, i) => assert(Math.abs(value - first[i] / 2) < 1e-6));
    const error = await assertRejects(() => weights([one], [1, 2]), UserError);
    assertStringIncludes(error.message, "2 scales for 1 files");
    assertEquals((await withAdditions(base, { lora: [one, two] })).trigger, "the style of two");
  });
});

describe("sample", () => {
  const config = (options: Record<string, string>) =>
    configOf(sampleSchema, { model: at("base"), ...options });

  it("draws a labelled grid over any two options, from the same noise", async () => {
    const options = {
      ...{ prompts: "a castle, a dog", lora: at("one.safetensors"), output: at("grid") },
      ...{ x: "loraScale=0,1.5", y: "seed=3,4,5" },
    };
    await runSampleGrid(await config(options));
    const grids = [await readImage(at("grid/grid-1.png")), await readImage(at("grid/grid-2.png"))];
    for (const { width, height } of grids) assert(width > 2 * 128 && height > 3 * 128);
    const cell = (name: string) => readImage(at(`grid/${name}.png`));
    assert(`${(await cell("1-x1-y1")).data}` !== `${(await cell("1-x2-y1")).data}`);
    // A cell at a scale of 0 is what the base model draws from that seed.
    const plain = { prompts: "a castle, a dog", seed: "4", count: "1", output: at("plain") };
    await runSample(await config(plain));
    for (const [name, image] of [["1-x1-y2", "0000"], ["2-x1-y2", "0001"]]) {
      const { data } = await readImage(at(`plain/${image}.png`));
      const own = await cell(name);
      assert(data.every((value, i) => Math.abs(value - own.data[i]) <= 1), name);
    }
  });

  it("takes prompts, files and choices along the sides, and refuses what none can be", async () => {
    const paths = async (options: Record<string, string>) => gridOf(await config(options)).cells;
    const cells = await paths({
      x: 'prompts=["a castle","a dog, asleep"]',
      y: "sampling.steps=2,5",
    });
    assertEquals(
      cells.map((row) => row.map(({ prompts, sampling }) => [prompts, sampling.steps])),
      [
        [[["a castle"], 2], [["a dog, asleep"], 2]],
        [[["a castle"], 5], [["a dog, asleep"], 5]],
      ],
    );
    const wrong: [Record<string, string>, string][] = [
      [{ x: "loraScal=1" }, 'did you mean "loraScale"?'],
      [{ x: "sampling.steps=0" }, "sampling.steps: must be"],
      [{ x: "output=a,b" }, "cannot be over output"],
      [{ x: "seed=1", y: "seed=2" }, "the same option"],
    ];
    for (const [options, said] of wrong) {
      const error = await assertRejects(() => paths({ prompts: "a", ...options }), UserError);
      assertStringIncludes(error.message, said);
    }
    await assertRejects(() => paths({}), UserError, "there is no prompt");
  });
});
