import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { shippedStyles } from "specialist/datasets/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { readJson } from "specialist/files/mod.ts";
import { readImage } from "specialist/images/mod.ts";
import { loadStableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import {
  createFingerprint,
  performRun,
  readMetrics,
  type Run,
  runRecordSchema,
} from "specialist/records/mod.ts";
import { useBackend } from "specialist/tensorflow/mod.ts";
import { adapt } from "../experiments/adapt/adapt.ts";
import { type AdaptConfig, adaptSchema } from "../experiments/adapt/config.ts";
import { adaptIdentity } from "../experiments/adapt/identity.ts";
import { resultOf } from "../experiments/adapt/result.ts";
import { trainingClock } from "../experiments/adapt/training_clock.ts";
import { writeTinyModel } from "../experiments/reliability/tiny_model.ts";

await useBackend();

describe("an adaptation from end to end", () => {
  let folder: string;
  let config: AdaptConfig;

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await writeTinyModel(join(folder, "base"));
    config = adaptSchema.parse({
      model: join(folder, "base"),
      output: join(folder, "run"),
      method: { method: "specialist" },
      training: { steps: 10, batchSize: 2 },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 8, every: 5, curveConcepts: 2 },
      validation: { every: 3, prompts: ["a castle", "two dogs"] },
    });
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("leaves a record, curves, pictures, a report and a model that loads", async () => {
    const { record } = await adapt(config);
    const run = join(folder, "run");
    assertEquals(record.status, "finished");
    assertEquals((await loadStableDiffusion(join(run, "model"))).unet.config.sample_size, 8);
    const report = await Deno.readTextFile(join(run, "report.html"));
    for (const title of ["Stable losses", "Gradient norm"]) assertStringIncludes(report, title);
    assertStringIncludes(report, "Step 3: two dogs in");
    assert((await readImage(join(run, "grid.png"))).height > 8 * 64);
    const pictures = [...Deno.readDirSync(join(run, "samples", "after"))];
    assertEquals(pictures.length, 8);
    const duringTraining = [...Deno.readDirSync(join(run, "samples", "step-3"))];
    assertEquals(duringTraining.map(({ name }) => name).sort(), [
      "1-a-castle.png",
      "2-two-dogs.png",
    ]);
    const logged = (await readMetrics(run)).filter((line) => "stableLoss.shots" in line);
    assertEquals(logged.map(({ step }) => step), [0, 5, 10]);
  });

  it("records every score of both models, and the cost", async () => {
    const { record } = await adapt(config);
    const result = resultOf(record);
    assertEquals(result.concepts.length, 8);
    for (const { concepts, set } of [result.before, result.after]) {
      assertEquals(Object.keys(concepts).sort(), ["content", "nearestShot", "perceptual", "truth"]);
      for (const values of Object.values(concepts)) assertEquals(values.length, 8);
      assertEquals(Object.keys(set).sort(), ["cmmd", "diversity", "fid", "gram", "kid"]);
    }
    const { unet } = await loadStableDiffusion(join(folder, "base"));
    const trained = Object.values(unet.params).reduce((sum, { size }) => sum + size, 0);
    assertEquals(result.adapterBytes, 2 * trained);
    assertEquals(result.drawings!.concepts.nearestShot!.length, 8);
    assertEquals(result.drift.values.length, 2);
    const [{ step, value }] = result.curves.gradNorm!;
    assert(step === 10 && value > 0);
    assertEquals(result.skippedSteps, 0);
    const [start, middle, end] = result.curves.seconds.map(({ value }) => value);
    assert(start === 0 && start < middle && middle < end && end <= result.trainingSeconds);
  });

  it("goes as far towards the adapted weights as leaves enough of the content", async () => {
    const { record } = await adapt({
      ...config,
      output: join(folder, "strength"),
      strength: { keepContent: 1, concepts: 4 },
    });
    const { strengths } = resultOf(record);
    assertEquals(strengths[0].strength, 1);
    const [chosen, ...stronger] = strengths.toReversed();
    assert(chosen.content >= 1 || chosen.strength === 0.1);
    assert(stronger.every(({ content }) => content < 1));
  });

  it("tells which field an unfinished run lacks", async () => {
    const { record } = await adapt(config);
    assertThrows(
      () => resultOf({ ...record, results: { ...record.results, after: {} } }),
      UserError,
      "results.after",
    );
  });

  it("does a finished run not again", async () => {
    const { record } = await adapt(config);
    assertEquals(record.attempts.length, 1);
  });

  it("refuses a style that there is not", async () => {
    await assertRejects(
      () => adapt({ ...config, style: "fluent-emoji-flatt", output: join(folder, "other") }),
      UserError,
      "style",
    );
  });
});

describe("the identity of an adaptation", () => {
  it("is what it was when the committed records were made", async () => {
    for (const style of shippedStyles) {
      const file = join(import.meta.dirname!, "..", "results", "demo", `${style}.json`);
      const record = await readJson(file, runRecordSchema);
      const { config, seed, versions, datasets, fingerprint } = record;
      const identity = adaptIdentity(adaptSchema.parse({ ...config, seed }), datasets);
      assertEquals(createFingerprint({ ...identity, versions }), fingerprint, style);
    }
  });

  it("does not say what to do about a step that is not finite: the run goes on from there", () => {
    const idOf = (training: object) =>
      adaptIdentity(adaptSchema.parse({ method: { method: "full" }, training }), {});
    assertEquals(idOf({ onNonFinite: "skip" }), idOf({}));
  });
});

describe("the clock of a training", () => {
  it("stands while nothing is trained, and goes on from a checkpoint's seconds", async () => {
    const folder = await Deno.makeTempDir();
    const [identity, wait] = [
      { kind: "train", config: {}, seed: 0, versions: {}, datasets: {} },
      () => new Promise((resolve) => setTimeout(resolve, 20)),
    ];
    let before = 0;
    const perform = (work: (run: Run) => Promise<Record<string, never>>) =>
      performRun({ identity, folder: join(folder, "run"), backend: "none" }, work);

    await assertRejects(() =>
      perform(async (run) => {
        const clock = await trainingClock(run);
        await wait();
        assertEquals(clock.seconds(), 0);
        clock.start();
        await wait();
        clock.stop();
        before = clock.seconds();
        await wait();
        await clock.run.saveCheckpoint(3, () => Promise.resolve());
        throw new Error("stopped");
      })
    );
    await perform(async (run) => {
      const clock = await trainingClock(run);
      assert(before > 0);
      assertEquals(clock.seconds(), before);
      return {};
    });
    await Deno.remove(folder, { recursive: true });
  });
});
