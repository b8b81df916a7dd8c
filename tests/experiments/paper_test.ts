import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { basename, join } from "node:path";
import { reportResults } from "experiments/sweep/collect.ts";
import type { Patch } from "experiments/sweep/mod.ts";
import { loadSweep, type Plan, planSweep } from "experiments/sweep/plan.ts";
import { readRunStates } from "experiments/sweep/run_state.ts";
import { applyPatch } from "experiments/sweep/sweep.ts";
import { trainInLab } from "experiments/train/train.ts";
import { dataHashes, runSubjects } from "specialist";
import { createRandom, plainImage, writePng } from "specialist/data";
import { createScheduler } from "specialist/diffusion";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, modelAtSize, stableDiffusionV1Scheduler } from "specialist/models";
import { learningRateAt } from "specialist/training";
import { stableDiffusionV1Blocks, writeTinyModel } from "../soak/tiny_model.ts";

await useBackend();

const names = ["sd_methods", "sd_ablation"];
const styles = ["food-doodle", "flat-design", "fantasy"];

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "model"), stableDiffusionV1Blocks);
  await Deno.writeTextFile(join(folder, "captions.txt"), "a red apple\na green apple\n");
  for (const name of styles) {
    const style = join(folder, "styles", name);
    await Deno.mkdir(style, { recursive: true });
    await Deno.writeTextFile(join(style, "style.json"), JSON.stringify({ styleWords: name }));
    for (let i = 0; i < 8; i++) {
      await writePng(join(style, `${i}.png`), plainImage(80, 70, [30 * i, 90, 120]));
      await Deno.writeTextFile(join(style, `${i}.txt`), "a red apple");
    }
  }
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** With this test's weights, captions and images, and few class images. */
const here = (patch: Patch): Patch => ({
  ...patch,
  ...patch.model && {
    model: join(folder, "model"),
    corpus: join(folder, "captions.txt"),
    retriever: join(folder, "model", "guide"),
  },
  ...patch.data && { data: join(folder, "styles", basename(patch.data)) },
  ...patch.method && "method" in patch.method && patch.method.method === "dreambooth" && {
    method: { ...patch.method, classImages: 2, sampling: { steps: 2 } },
  },
});

async function planOf(name: string, changes: Patch = {}): Promise<Plan> {
  const file = join(import.meta.dirname!, "..", "..", "experiments", "paper", `${name}.ts`);
  const grid = await loadSweep(file, false);
  const axes = grid.axes.map(({ name, choices }) => ({
    name,
    choices: choices.map(({ label, patch }) => ({ label, patch: here(patch as Patch) })),
  }));
  const base = applyPatch(here(grid.base), changes);
  return planSweep({ ...grid, base, axes }, join(folder, "runs"));
}

describe("the paper's setting", () => {
  it("has the paper's schedule, sampler and timesteps", async () => {
    const { config, method } = (await planOf("sd_ablation")).points[0].run;
    const { training, sampling } = config;
    const rates = [0, 39, 40, 199, 200].map((step) =>
      learningRateAt(training.learningRate, step, training.steps)
    );
    assertEquals(rates, [1e-5, 1e-5, 5e-6, 5e-6, 2.5e-6]);
    const { sampler, steps, guidanceScale } = sampling;
    assertEquals([sampler, steps, guidanceScale], ["pndm", 100, 7.5]);
    const { timesteps } = createScheduler(stableDiffusionV1Scheduler, steps, { sampler });
    const drawn = method.timesteps!.draw(createRandom(0), 5000, {
      trainTimesteps: 1000,
      samplerTimesteps: timesteps,
    });
    assertEquals(new Set(drawn), new Set(Array.from({ length: 100 }, (_, k) => 10 * k)));
  });

  it("is the whole grid: each method and each part left out, in three styles", async () => {
    const sizes = [];
    for (const name of names) sizes.push((await planOf(name)).runs.length);
    assertEquals(sizes, [4 * styles.length, 5 * styles.length]);
  });
});

describe("what the setting asks of train", () => {
  it("is images of a size that the U-Net can halve", async () => {
    const model = await loadStableDiffusion(join(folder, "model"));
    assertEquals([model.imageSize(), modelAtSize(model, 64).imageSize()], [128, 64]);
    const error = assertThrows(() => modelAtSize(model, 96), UserError);
    assertStringIncludes(error.message, "choose a multiple of 64");
  });

  it("is drawing prompts of one's own, of which no true drawing is known", async () => {
    const [{ run }] = (await planOf("sd_methods")).points;
    const { subjects, curveSubjects } = await runSubjects(run, run.config);
    assertEquals(subjects.map(({ item }) => item), run.config.evaluation.prompts!);
    assertEquals(subjects[1], { id: "2-a-castle-beside-a-lake", item: "a castle beside a lake" });
    assertEquals(curveSubjects, subjects);
  });

  it("is data of one's own, which the run's identity knows", async () => {
    const [{ run }] = (await planOf("sd_methods")).points;
    const { identity, config } = run;
    const known = ["style", "model", "corpus", "splits", "paraphrases", "templates"];
    assertEquals(Object.keys(identity.datasets), [...known, "retriever"]);
    const shipped = { ...config, corpus: undefined, retriever: undefined };
    assertEquals(Object.keys(await dataHashes(shipped)), known);
  });
});

describe("each of the paper's configurations", () => {
  /** So little of each that it takes seconds. */
  const little: Patch = {
    size: 64,
    training: { steps: 1, sharesEvery: 0 },
    sampling: { steps: 2 },
    evaluation: { curveConcepts: 2 },
  };

  for (const name of names) {
    it(`in ${name} runs on a small model of the same architecture`, async () => {
      const whole = await planOf(name, little);
      const rows = [...Map.groupBy(whole.points, ({ labels }) => labels[0]).values()];
      const points = rows.map((row, i) => row[i % styles.length]);
      for (const { run } of points) await trainInLab(run.config, run.method);

      const plan = { ...whole, points, runs: points.map(({ run }) => run) };
      const output = join(folder, "results", name);
      await reportResults(plan, await readRunStates(plan.runs), { output });
      const tables = await Deno.readTextFile(join(output, "tables.md"));
      for (const { labels: [row, style] } of points) {
        assertStringIncludes(tables, `| ${row} `);
        assertStringIncludes(tables, style);
      }
    });
  }
});
