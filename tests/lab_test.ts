import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  additionFiles,
  defineMethod,
  denoisingLoss,
  emojiPreset,
  full,
  loraAdapters,
  openLab,
  paperPreset,
  paperTransforms,
  plainImage,
  presetFor,
  train,
  UserError,
  writePng,
} from "specialist";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { readSafetensors } from "specialist/models";
import { writeTinyModel } from "./soak/tiny_model.ts";

await useBackend();

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "base"));
  await Deno.mkdir(join(folder, "chalk"));
  await Deno.writeTextFile(join(folder, "chalk", "style.json"), '{ "styleWords": "chalk" }');
  for (const [name, color] of [["red-apple", 200], ["blue-car", 90]] as const) {
    await writePng(join(folder, "chalk", `${name}.png`), plainImage(40, 30, [color, 20, 20]));
  }
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("a lab", () => {
  it("has any model and any style, and leaves the working directory alone", async () => {
    const before = Deno.cwd();
    const lab = await openLab({ model: join(folder, "base"), data: join(folder, "chalk") });
    assertEquals(Deno.cwd(), before);
    assertEquals(lab.style.styleWords, "chalk");
    assertEquals(lab.style.shots.map(({ caption }) => caption).sort(), ["blue car", "red apple"]);
    assertEquals(lab.model.imageSize(), 16);
    // The true drawings of one's own style are not known.
    assert(lab.subjects.every(({ truth }) => truth === undefined));
  });

  it("trains and scores a style of one's own", async () => {
    const lab = await openLab({
      model: join(folder, "base"),
      data: join(folder, "chalk"),
      preset: emojiPreset,
    });
    const { result } = await train(lab, full(), {
      output: join(folder, "run"),
      training: { steps: 2, batchSize: 2 },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 2, every: 2, curveConcepts: 2 },
    });
    assertEquals(Object.keys(result.after.concepts).sort(), ["content", "nearestShot", "style"]);
  });

  it("says in a method's adapters with which of the preset's settings they were trained", async () => {
    const lab = await openLab({
      model: join(folder, "base"),
      data: join(folder, "chalk"),
      preset: emojiPreset,
    });
    const method = defineMethod({
      name: "adapters",
      trainable: loraAdapters({ rank: 1 }),
      shots: { transforms: paperTransforms.slice(0, 1) },
      losses: [denoisingLoss()],
    });
    const run = await train(lab, method, {
      output: join(folder, "adapters"),
      training: { steps: 1, batchSize: 2 },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 2, every: 2, curveConcepts: 2 },
    });
    const { metadata } = await readSafetensors(join(run.folder, additionFiles.lora));
    const described = JSON.parse(metadata["specialist.training"]).method;
    assertEquals(described, run.record.config.method);
    assertEquals(described.shots.probability, emojiPreset.transforms.probability);
  });

  it("says what is missing where something asks for it", async () => {
    await Deno.remove(join(folder, "base", "judge"), { recursive: true });
    const lab = await openLab({ model: join(folder, "base"), style: "openmoji" });
    assertEquals([lab.has("guide"), lab.has("judge")], [true, false]);
    assertThrows(() => lab.judge, UserError, "judge");
  });

  it("rejects an unknown style and an unknown option", async () => {
    await assertRejects(() => openLab({ style: "openmojo" }), UserError, "openmoji");
    await assertRejects(() => openLab({ stile: "openmoji" } as object), UserError, "style");
  });

  it("has the settings of its kind of model", () => {
    assertEquals(presetFor({ model: "data/models/emoji-base" }), emojiPreset);
    assertEquals(presetFor({ model: "runwayml/stable-diffusion-v1-5" }), paperPreset);
  });
});
