import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { planSweep } from "experiments/sweep/plan.ts";
import { runTrain } from "experiments/train/train.ts";
import {
  completeTrainConfig,
  emojiPreset,
  type FinishedRun,
  type Lab,
  labSchema,
  openLab,
  paperTransforms,
  presetFor,
  runIdentity,
  runSchema,
  runTraining,
  specialist,
  type TrainConfig,
  trainSchema,
  type Transform,
} from "specialist";
import { plainImage, readImage } from "specialist/data";
import { resultOf, type RunResult } from "specialist/evaluation";
import type { ReportData } from "specialist/figures";
import {
  cacheFolder,
  Interrupted,
  listRuns,
  namesIn,
  performRun,
  readMetrics,
  readRunRecord,
  type Run,
  runIdOf,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { methodOf } from "specialist/specialist";
import type { RunConfig } from "specialist/train_config.ts";
import { reportOf } from "specialist/train_report.ts";
import { trainingClock } from "specialist/training";
import { linesOfErrors, unfinishedBars } from "./helpers.ts";
import { differingFiles } from "./soak/differing_files.ts";
import { writeTinyModel } from "./soak/tiny_model.ts";

await useBackend();

describe("a run from end to end", () => {
  let folder: string;
  let config: TrainConfig;

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await writeTinyModel(join(folder, "base"));
    config = completeTrainConfig({
      model: join(folder, "base"),
      output: join(folder, "run"),
      method: { method: "specialist" },
      training: { steps: 10, batchSize: 2 },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 8, every: 5, curveConcepts: 2 },
      validation: { every: 3, prompts: ["a castle", "two dogs"] },
    }, "the test");
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("leaves a record, curves, images, a report and a model that loads", async () => {
    const { record } = await runTrain(config);
    const run = join(folder, "run");
    assertEquals(record.status, "finished");
    assertEquals((await loadStableDiffusion(join(run, "model"))).unet.config.sample_size, 8);
    const report = await Deno.readTextFile(join(run, "report.html"));
    for (const title of ["Fixed-noise losses", "Gradient norm", "Shares of the gradient"]) {
      assertStringIncludes(report, title);
    }
    assertFollowsStatistics(report, resultOf(record).scores);
    assertStringIncludes(report, "Step 3: two dogs in");
    assert((await readImage(join(run, "grid.png"))).height > 8 * 64);
    const images = [...Deno.readDirSync(join(run, "samples", "after"))];
    assertEquals(images.length, 8);
    const duringTraining = [...Deno.readDirSync(join(run, "samples", "step-3"))];
    assertEquals(duringTraining.map(({ name }) => name).sort(), [
      "1-a-castle.png",
      "2-two-dogs.png",
    ]);
    const logged = (await readMetrics(run)).filter((line) => "fixedNoiseLoss.shots" in line);
    assertEquals(logged.map(({ step }) => step), [0, 5, 10]);
  });

  it("records every score of both models, and the cost", async () => {
    const { record } = await runTrain(config);
    const result = resultOf(record);
    assertEquals(result.concepts.length, 8);
    for (const { concepts, set } of [result.before, result.after]) {
      assertEquals(Object.keys(concepts).sort(), [
        ...["content", "nearestShot", "perceptual", "style", "truth"],
      ]);
      for (const values of Object.values(concepts)) assertEquals(values.length, 8);
      assertEquals(Object.keys(set).sort(), ["cmmd", "diversity", "fid", "gram", "kid"]);
    }
    const { unet } = await loadStableDiffusion(join(folder, "base"));
    const trained = Object.values(unet.params).reduce((sum, { size }) => sum + size, 0);
    assertEquals(result.adapterBytes, 2 * trained);
    assertEquals(result.drawings!.concepts.nearestShot!.length, 8);
    assert(result.ceiling! > -1 && result.ceiling! < 1);
    assertEquals(result.drift.values.length, 2);
    for (const name of ["style", "nearestShot", "truth"] as const) {
      const points = result.curves[name]!;
      assertEquals(points.map(({ step }) => step), [0, 5, 10], name);
      assert(points.every(({ value }) => value >= -1 && value <= 1), name);
    }
    const [{ step, value }] = result.curves.gradNorm!;
    assert(step > 0 && value > 0);
    assertEquals(Object.keys(result.curves.losses!), ["denoising", "content"]);
    for (const { value } of result.curves.shares!.content) assert(value > 0 && value < 1);
    assertEquals(result.skippedSteps, 0);
    const [start, middle, end] = result.curves.seconds.map(({ value }) => value);
    assert(start === 0 && start < middle && middle < end && end <= result.trainingSeconds);
  });

  it("measures at the steps that are named, and scores prompts of other kinds", async () => {
    const { record } = await runTrain({
      ...config,
      output: join(folder, "kinds"),
      shotSet: 2,
      evaluation: {
        ...config.evaluation,
        kinds: ["template", "paraphrase"],
        kindConcepts: 3,
        at: [2, 7],
      },
    });
    const { curves, kinds, concepts } = resultOf(record);
    assertEquals(curves.truth.map(({ step }) => step), [0, 2, 7, 10]);
    for (const kind of ["template", "paraphrase"] as const) {
      const { concepts: drawn, scores } = kinds![kind]!;
      assert(drawn.every((id) => concepts.includes(id)));
      for (const name of ["content", "style", "truth"] as const) {
        assertEquals(scores[name]!.length, 3, `${kind} ${name}`);
      }
    }
    assertEquals(record.config.shotSet, 2);
  });

  it("refuses paraphrases of prompts of one's own before anything is drawn", async () => {
    const evaluation = { ...config.evaluation, kinds: ["paraphrase" as const] };
    const prompts = ["a castle", "two dogs"];
    const error = await assertRejects(
      () =>
        runTrain({
          ...config,
          output: join(folder, "no-paraphrase"),
          evaluation: { ...evaluation, prompts },
        }),
      UserError,
    );
    assertStringIncludes(error.message, "evaluation.kinds");
  });

  it("refuses a batch that has no room before anything is drawn, and says which has", async () => {
    const training = { ...config.training, batchSize: 1e9 };
    const error = await assertRejects(
      () => runTrain({ ...config, output: join(folder, "huge"), training }),
      UserError,
    );
    for (const words of ["training.batchSize", "batches of at most", "training.accumulate"]) {
      assertStringIncludes(error.message, words);
    }
    assertEquals(await namesIn(join(folder, "huge", "samples")), new Set());
  });

  it("goes as far towards the adapted weights as leaves enough of the content", async () => {
    let found: FinishedRun | undefined;
    const lines = await linesOfErrors(async () => {
      found = await runTrain({
        ...config,
        output: join(folder, "strength"),
        strength: { keepContent: 1, concepts: 4 },
      });
    });
    const { strengths } = resultOf(found!.record);
    assert(lines.some((line) => /^Drawing after: 100% · .* denoising steps · /.test(line)));
    assert(lines.some((line) => line.startsWith("Choosing the strength: ")));
    assertEquals(unfinishedBars(lines), []);
    assertEquals(strengths[0].strength, 1);
    const [chosen, ...stronger] = strengths.toReversed();
    assert(chosen.content >= 1 || chosen.strength === 0.1);
    assert(stronger.every(({ content }) => content < 1));
  });

  it("killed in each of its phases, resumes there to the same end, and draws nothing twice", {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const cache = join(folder, "cache");
    await Deno.mkdir(cache);
    for (const { name } of Deno.readDirSync(cacheFolder())) {
      if (name !== "drawings") await Deno.symlink(join(cacheFolder(), name), join(cache, name));
    }
    const output = join(folder, "killed");
    const killed: TrainConfig = {
      ...config,
      output,
      strength: { keepContent: 1, concepts: 4 },
      training: { ...config.training, checkpointEvery: 3 },
    };
    /** @param pattern of the last file that is written; all of them without */
    const start = async (...[pattern = "", count = 1]: [string?, number?]) => {
      const program = join(import.meta.dirname!, "killed_train.ts");
      const args = [program, folder, JSON.stringify(killed), pattern, `${count}`];
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", ...args],
        env: { SPECIALIST_CACHE: cache },
        stderr: "inherit",
      });
      const { signal, success, stdout } = await child.output();
      assertEquals({ signal, success }, { signal: pattern ? "SIGKILL" : null, success: !pattern });
      return new TextDecoder().decode(stdout).trim().split("\n");
    };
    const written = [await start("^cache/drawings/")]; // Drawing before

    // Stopped by Ctrl-C while a point of the curves is drawn.
    const stop = new AbortController();
    const lab = await openLab(labSchema.strip().parse(killed));
    const stopped = await assertRejects(
      () =>
        runTraining(lab, methodOf(killed.method), runSchema.strip().parse(killed), {
          signal: stop.signal,
          onStep: (step) => step === 5 && stop.abort(new Interrupted("SIGINT")),
        }),
      Interrupted,
    );
    assertStringIncludes(stopped.message, "run the same command again to resume after step 5");

    written.push(
      await start("checkpoints/step-00000009"), // Training
      await start("^killed/cache/.*images", 2), // Choosing the strength
      await start("^killed/cache/drift"), // Drawing without the style
    );
    const [{ record: dead }] = (await listRuns(folder)).filter(({ folder }) => folder === output);
    assertEquals([dead.status, dead.checkpointStep], ["interrupted", 10]);
    written.push(
      await start("^killed/cache/scores.json"), // Scoring
      await start(),
    );

    const { attempts, results } = await readRunRecord(output);
    assertEquals(attempts.map(({ fromStep }) => fromStep), [0, 0, 5, 6, 10, 10, 10]);
    const drawn = written.flat().filter((path) => path.endsWith(".images"));
    assert(drawn.length > 5, "nothing was drawn");
    assertEquals(drawn, [...new Set(drawn)]);
    assertEquals((await differingFiles(join(folder, "strength"), output)).differing, []);
    const { phases } = results as { phases: { name: string }[] };
    assertEquals(new Set(phases.map(({ name }) => name)).size, phases.length);
    assertEquals(await namesIn(join(output, "checkpoints")), new Set());
    assert(!(await namesIn(output)).has("cache"));
  });

  it("names the field that an unfinished run lacks", async () => {
    const { record } = await runTrain(config);
    assertThrows(
      () => resultOf({ ...record, results: { ...record.results, after: {} } }),
      UserError,
      "results.after",
    );
  });

  it("does not repeat a finished run", async () => {
    const { record } = await runTrain(config);
    assertEquals(record.attempts.length, 1);
  });

  it("is the run that a sweep plans, and that a method in code has", async () => {
    const { record } = await runTrain(config);
    const { output: _, ...base } = config;
    const grid = { name: "one", file: "one.ts", title: "One", axes: [] };
    const inWords = await planSweep({ ...grid, base }, folder);
    const asValue = await planSweep(
      { ...grid, base: { ...base, method: methodOf(base.method) } },
      folder,
    );
    assertEquals([...inWords.runs, ...asValue.runs].map(({ id }) => id), [record.id, record.id]);
  });

  it("rejects an unknown style", async () => {
    await assertRejects(
      () => runTrain({ ...config, style: "fluent-emoji-flatt", output: join(folder, "other") }),
      UserError,
      "style",
    );
  });
});

describe("the report of a run", () => {
  /** With scores in place of the run's own, and nothing drawn. */
  async function reportWith(
    changes: Partial<RunResult>,
    { truth = true }: { truth?: boolean } = {},
  ): Promise<ReportData> {
    const image = plainImage(2, 2);
    const lab = {
      style: { styleWords: "flat", shots: [{ image, caption: "an owl" }] },
      config: {},
      datasets: {},
      backend: "none",
    } as unknown as Lab;
    const subject = { id: "1-a-red-apple", item: "a red apple next to a tall glass of milk" };
    return await reportOf({
      ...{ lab, method: specialist(), run: { id: "run" } as Run, duringTraining: [] },
      ...{ before: [image], after: [image], config: { training: { steps: 4 } } as RunConfig },
      subjects: [{ ...subject, ...truth && { truth: image } }],
      result: {
        ...{ scores: [], strengths: [], phases: [] },
        curves: { shots: [], heldOut: [], clipScore: [], truth: [], seconds: [] },
        ...changes,
      } as unknown as RunResult,
    });
  }
  const score = (name: string, low: number, high: number) => {
    const info = { name, title: name, description: "", better: "higher" as const };
    return { ...info, before: 0.3, after: 0.3 + (low + high) / 2, interval: { low, high } };
  };

  it("claims what the interval of the change allows, and no more", async () => {
    const headline = async (low: number, high: number) =>
      (await reportWith({ scores: [score("truth", low, high)] as RunResult["scores"] })).headline;
    assertStringIncludes(await headline(0.01, 0.2), "are more like the designer's own");
    assertStringIncludes(await headline(-0.2, -0.01), "are less like the designer's own");
    const unclear = await headline(-0.01, 0.05);
    assertStringIncludes(unclear, "show no clear change in likeness");
    assertStringIncludes(unclear, "interval of the change: −0.010 to +0.050");
  });

  it("does the same of own data, whose captions it shows whole", async () => {
    const scores = [score("content", -0.1, 0.2)] as RunResult["scores"];
    const { headline, comparisons, highlights } = await reportWith({ scores }, { truth: false });
    assertStringIncludes(headline, "drawings of 1 prompt show no clear change in content: 0.300");
    assertEquals(comparisons[0].concept, "a red apple next to a tall glass of milk");
    assertEquals(highlights[0].note, "0.300 before: no clear change");
  });

  it("calls drift neither better nor worse", async () => {
    const scores = [score("drift", 0.1, 0.2)] as RunResult["scores"];
    const { highlights: [drift], scores: [row] } = await reportWith({ scores });
    assert(!/better|worse/.test(drift.note!), drift.note);
    assertEquals(row.better, undefined);
  });

  it("draws the norm of the gradient where there are points, a single one too", async () => {
    const norms = async (gradNorm?: { step: number; value: number }[]) => {
      const curves = { shots: [], heldOut: [], clipScore: [], truth: [], seconds: [], gradNorm };
      const report = await reportWith({ curves } as unknown as Partial<RunResult>);
      return report.curves.find(({ title }) => title === "Gradient norm")?.figure.data[0];
    };
    assertEquals([await norms(), await norms([])], [undefined, undefined]);
    const drawn = await norms([{ step: 1, value: 0.5 }]) as { y: number[]; mode: string };
    assertEquals({ y: drawn.y, hasMarkers: drawn.mode.includes("markers") }, {
      y: [0.5],
      hasMarkers: true,
    });
  });
});

/** What the page says first is what its table of scores says. */
function assertFollowsStatistics(report: string, scores: RunResult["scores"]): void {
  const { interval: { low, high } } = scores.find(({ name }) => name === "truth")!;
  const said = low > 0 ? "are more like" : high < 0 ? "are less like" : "show no clear change in";
  assertMatch(report, new RegExp(`class="headline">[^<]*${said}`));
}

describe("the identity of a run", () => {
  const parsed = (settings: object) =>
    trainSchema.parse({
      method: { method: "specialist" },
      training: emojiPreset.training,
      ...settings,
    });
  const idOf = (settings: object, datasets: Record<string, string> = {}) => {
    const { method, ...config } = parsed(settings);
    return runIdOf(
      runIdentity({ config, datasets, preset: presetFor(config) }, methodOf(method), config),
    );
  };
  const base = idOf({});

  it("is of what decides its result, and of nothing else", () => {
    const same = [
      { training: { ...emojiPreset.training, onNonFinite: "skip" } },
      { training: { ...emojiPreset.training, checkpointEvery: 7, sharesEvery: 3 } },
      { output: "elsewhere", tensorboard: true },
      { model: "./data/models/emoji-base" },
    ];
    for (const settings of same) assertEquals(idOf(settings), base, JSON.stringify(settings));
    const others = [
      { seed: 1 },
      { shots: 4 },
      { style: "openmoji" },
      { method: { method: "full" } },
      { method: { method: "specialist", timesteps: { mode: "dense" } } },
      { method: { method: "specialist", trainable: { lora: { rank: 2 } } } },
      { training: { ...emojiPreset.training, steps: 201 } },
      { sampling: { steps: 10 } },
    ];
    const ids = others.map((settings) => idOf(settings));
    assertEquals(new Set([base, ...ids]).size, others.length + 1);
    assert(idOf({}, { model: "another's SHA-256" }) !== base);
  });

  it("is the same for a recipe's settings on the command line and in code", () => {
    const { method, ...config } = parsed({
      method: {
        method: "specialist",
        augmentation: emojiPreset.transforms,
        captions: { retrieval: emojiPreset.retrieval },
        contentLoss: emojiPreset.contentLoss,
      },
    });
    const lab = { config, datasets: {}, preset: emojiPreset };
    assertEquals(
      runIdentity(lab, methodOf(method), config),
      runIdentity(lab, specialist(), config),
    );
  });

  it("knows a part that a notebook defines by its name, settings and source", () => {
    const { method: _, ...config } = parsed({});
    const lab = { config, datasets: {}, preset: emojiPreset };
    const idWith = (transform: Transform) =>
      runIdOf(
        runIdentity(lab, specialist({ transforms: [...paperTransforms, transform] }), config),
      );
    const brighten: Transform = { name: "Brighten", apply: (image) => image };
    const changed: Transform = { name: "Brighten", apply: (image) => ({ ...image }) };
    const id = idWith(brighten);
    assertEquals(idWith({ name: "Brighten", apply: (image) => image }), id);
    const others = [changed, { ...brighten, name: "Lighten" }, {
      ...brighten,
      settings: { by: 2 },
    }];
    assertEquals(new Set([id, ...others.map(idWith)]).size, 4);
  });

  it("refuses to resume a run whose part has changed, and says what changed", async () => {
    const { method: _, ...config } = parsed({});
    const lab = { config, datasets: {}, preset: emojiPreset };
    const folder = await Deno.makeTempDir();
    const runWith = (transform: Transform) =>
      performRun({
        identity: runIdentity(lab, specialist({ transforms: [transform] }), config),
        folder,
        backend: "none",
      }, () => Promise.reject(new Error("stopped")));
    await assertRejects(
      () => runWith({ name: "Brighten", apply: (image) => image }),
      Error,
      "stopped",
    );
    const error = await assertRejects(
      () => runWith({ name: "Brighten", apply: (image) => ({ ...image }) }),
      UserError,
    );
    for (const words of ["method.shots.transforms", "Brighten", "source"]) {
      assertStringIncludes(error.message, words);
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("says of a run of an earlier version that it is one", async () => {
    const { method, ...config } = parsed({});
    const identity = runIdentity(
      { config, datasets: {}, preset: emojiPreset },
      methodOf(method),
      config,
    );
    const folder = await Deno.makeTempDir();
    const old = { ...identity, versions: { ...identity.versions, specialist: "0.1.0" } };
    const backend = "none";
    await performRun({ identity: old, folder, backend }, () => Promise.resolve({}));
    const error = await assertRejects(
      () => performRun({ identity, folder, backend }, () => Promise.resolve({})),
      UserError,
    );
    assertStringIncludes(error.message, "version 0.1.0");
    await Deno.remove(folder, { recursive: true });
  });
});

describe("the clock of a run", () => {
  it("stands while nothing is trained, and resumes from a checkpoint's seconds", async () => {
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
