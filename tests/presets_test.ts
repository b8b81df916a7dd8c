/** The defaults of `train` and of sweeps: a preset for each method and kind of model. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import JSON5 from "json5";
import { join } from "node:path";
import { planSweep } from "experiments/sweep/plan.ts";
import { applyPatch, type Patch } from "experiments/sweep/sweep.ts";
import { candidates } from "experiments/study/methods_setting.ts";
import { inRegime } from "experiments/study/setting.ts";
import {
  completeTrainConfig,
  presetOf,
  presets,
  runIdentity,
  studyPreset,
  type TrainConfig,
  trainSchema,
} from "specialist";
import { methodOf } from "specialist/specialist";
import { writeTinyModel } from "./soak/tiny_model.ts";

const root = join(import.meta.dirname!, "..");

/** What `train` with these words would do, as it says itself. */
async function printed(...words: string[]): Promise<{ text: string; config: TrainConfig }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "experiments/main.ts", "train", ...words, "--print-config"],
    cwd: root,
  }).output();
  const text = new TextDecoder().decode(stdout);
  return { text, config: trainSchema.parse(JSON5.parse(text)) };
}

/** What decides how a configuration trains. */
function trained({ method, ...config }: TrainConfig): unknown {
  const context = { config, datasets: {}, preset: presetOf(config) };
  const { method: described, training, shots } = runIdentity(
    context,
    methodOf(method),
    config,
  ).config as Record<string, unknown>;
  return { method: described, training, shots };
}

describe("train with a method and nothing else", () => {
  it("trains as the study's row does, at the preset's rate", async () => {
    const { config, text } = await printed("--method", "lora");
    const { training: { steps }, learningRates } = studyPreset;
    const regime = inRegime({ shots: 8, steps, peak: learningRates.lora });
    const base = applyPatch({ method: candidates["LoRA"].method }, regime);
    const { runs: [row] } = await planSweep(
      { name: "row", file: "row.ts", title: "Row", base, axes: [] },
      "runs",
    );
    const { method, training, shots } = row.identity.config as Record<string, unknown>;
    assertEquals(trained(config), { method, training, shots });
    for (
      const line of ['"peak": 0.008, // preset study', '"rank": 8, // preset study']
    ) assertStringIncludes(text, line);
  });

  it("has a rate that the study tries with it, for every method", () => {
    for (const [name, { method, rates }] of Object.entries(candidates)) {
      const { training } = completeTrainConfig({ method: method as object }, name);
      assert((rates as readonly number[]).includes(training.learningRate.peak), name);
    }
  });
});

describe("a preset", () => {
  it("is laid under a file and the command line, and shown as the source", async () => {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(file, '{ "method": "specialist", "training": { "steps": 30 } }');
    const words = ["--config", file, "--preset", "paper", "--training.batchSize", "2"];
    const { text, config } = await printed(...words);
    await Deno.remove(file);
    const { training } = config;
    assertEquals([training.steps, training.batchSize, training.learningRate.peak], [30, 2, 1e-5]);
    for (
      const line of [
        `"steps": 30, // ${file}`,
        '"batchSize": 2, // command line',
        '"schedule": "multistep", // preset paper',
        '"warmup": 0, // default',
        '"threshold": 0.65 // preset paper',
      ]
    ) assertStringIncludes(text, line);
    assertEquals(config.sampling.sampler, "pndm");
  });

  it("is that of the model: a narrow U-Net's is the shipped one's", async () => {
    const folder = await Deno.makeTempDir();
    await writeTinyModel(join(folder, "base"));
    assertEquals(presetOf({ model: "data/models/emoji-base" }).name, "study");
    assertEquals(presetOf({ model: join(folder, "base") }).name, "study");
    assertEquals(presetOf({ model: "runwayml/stable-diffusion-v1-5" }).name, "paper");
    assertEquals(presetOf({ model: "x/y", preset: "photographs" }).name, "photographs");
    await Deno.remove(folder, { recursive: true });
  });

  it("adds nothing to a configuration that is complete", () => {
    for (const preset of Object.keys(presets)) {
      for (const { method } of Object.values(candidates)) {
        const config = completeTrainConfig({ preset, method: method as object }, "the test");
        assertEquals(completeTrainConfig(JSON.parse(JSON.stringify(config)), "again"), config);
      }
    }
  });

  it("gives a sweep what it gives train", async () => {
    const plan = async (base: Patch) => {
      const grid = { name: "one", file: "one.ts", title: "One", base, axes: [] };
      return (await planSweep(grid, "runs")).runs[0].config;
    };
    const { config } = await printed("--method", "dreambooth");
    const { training, sampling } = await plan({ method: { method: "dreambooth" } });
    assertEquals({ training, sampling }, { training: config.training, sampling: config.sampling });
    assertEquals(training.learningRate.peak, studyPreset.learningRates.dreambooth);
  });
});
