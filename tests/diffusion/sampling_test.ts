import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { sampleSchema } from "experiments/commands/options.ts";
import { runSample } from "experiments/train/sample.ts";
import { type Image, readImage } from "specialist/data";
import { sample, sampleCached, type SampleOptions, samplers } from "specialist/diffusion";
import { completeConfig } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { linesOfErrors } from "../helpers.ts";
import { ownFixtures } from "../parity/run_case.ts";

await useBackend();

const model = await loadStableDiffusion(join(ownFixtures, "pipeline"));
const prompts = ["a photo of a cat", "an oil painting of a house", "a red sky"];

function draw(options: Partial<SampleOptions> = {}): Promise<Image[]> {
  return sample(model, { prompts, steps: 3, guidanceScale: 3, seed: 7, ...options });
}

/** The largest difference of two images, in grey levels. */
function levelsApart(a: Image, b: Image): number {
  return Math.max(...a.data.map((level, i) => Math.abs(level - b.data[i])));
}

describe("sampling", () => {
  it("draws an image of the model's size for each prompt", async () => {
    const images = await draw();
    assertEquals(images.map(({ width, height }) => [width, height]), Array(3).fill([16, 16]));
    assert(images.every(({ data }) => new Set(data).size > 1));
  });

  for (const options of [{}, { sampler: "ddim", eta: 1 }, { sampler: "ddpm" }] as const) {
    it(`draws each image alike in any batch: ${JSON.stringify(options)}`, async () => {
      const together = await draw(options);
      const alone = await draw({ ...options, batchSize: 1 });
      together.forEach((image, i) => assert(levelsApart(image, alone[i]) <= 1));
    });
  }

  it("draws the same from a seed, and other images from another", async () => {
    const [image] = await draw(), [same] = await draw(), [other] = await draw({ seed: 8 });
    assertEquals(image, same);
    assert(levelsApart(image, other) > 1);
  });

  it("draws what is kept only once", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const options = { prompts, steps: 2, guidanceScale: 3, seed: 7 };
      const cache = { folder, model: "tiny" };
      const drawn = await sampleCached(model, options, cache);
      const signal = AbortSignal.abort();
      assertEquals(await sampleCached(model, { ...options, signal }, cache), drawn);
      await assertRejects(() => sampleCached(model, { ...options, seed: 8, signal }, cache));
      await assertRejects(() =>
        sampleCached(model, { ...options, signal }, { folder, model: "other" })
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("heeds the prompt, the guidance and the negative prompt", async () => {
    const [image] = await draw({ prompts: ["a cat"] });
    const others = [
      await draw({ prompts: ["the sea"] }),
      await draw({ prompts: ["a cat"], guidanceScale: 1 }),
      await draw({ prompts: ["a cat"], negativePrompts: ["the sea"] }),
    ];
    for (const [other] of others) assert(levelsApart(image, other) > 0);
  });

  for (const sampler of samplers) {
    it(`keeps no tensors: ${sampler}`, async () => {
      await draw({ sampler });
      const before = tf.memory().numTensors;
      await draw({ sampler });
      assertEquals(tf.memory().numTensors, before);
    });
  }

  it("says how far it is, and so before the first step", async () => {
    const seen: [number, number][] = [];
    await draw({
      sampler: "ddim",
      batchSize: 2,
      onBatch: (done, total) => void seen.push([done, total]),
      onStep: (done, total) => void seen.push([done, total]),
    });
    assertEquals(seen, [[0, 9], [2, 9], [4, 9], [6, 9], [6, 9], [7, 9], [8, 9], [9, 9]]);
  });

  it("on the command line ends its bar, and labels its grid with the whole prompts", async () => {
    const folder = await Deno.makeTempDir();
    const output = join(folder, "samples");
    const config = completeConfig(sampleSchema, {
      ...{ model: join(ownFixtures, "pipeline"), prompts, count: 2, output },
      sampling: { steps: 2, guidanceScale: 2, sampler: "ddim" },
    }, "the test");
    try {
      const lines = await linesOfErrors(() => runSample(config));
      const [bar] = lines.filter((line) => line.startsWith("Drawing: "));
      assertMatch(bar, /^Drawing: 100% · 12\/12 denoising steps · .* · took /);
      const grid = await readImage(join(output, "grid.png"));
      const images = 2 * 136, rows = prompts.length;
      assertEquals(grid.height, 30 + rows * 136);
      for (let row = 0; row < rows; row++) {
        const isLabelled = grid.data.some((level, i) => {
          const [x, y] = [i / 3 % grid.width, i / 3 / grid.width - 30];
          return level < 90 && x < grid.width - images && Math.floor(y / 136) === row;
        });
        assert(isLabelled, prompts[row]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("stops where it is asked to, and keeps no tensors", async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const stopped = draw({ signal: controller.signal, onStep: () => controller.abort() });
    await assertRejects(() => stopped, DOMException);
    assertEquals(tf.memory().numTensors, before);
  });
});
