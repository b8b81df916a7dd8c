/**
 * The public contract: what a notebook or a script can do with `import … from "specialist"` alone. All
 * parts here are defined in this file, as a notebook defines them in a cell.
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  compare,
  type ComparisonResult,
  contentLoss,
  createRandom,
  defineMethod,
  denoisingLoss,
  dreambooth,
  emojiPreset,
  full,
  type Image,
  type Lab,
  lora,
  type Loss,
  type Metric,
  openLab,
  paperTransforms,
  retrievedCaptions,
  sparseTimesteps,
  specialist,
  textualInversion,
  tf,
  type Timesteps,
  train,
  type Trainable,
  type Transform,
  unetWhere,
  UserError,
} from "specialist";
import { estimateContrast } from "specialist/evaluation";
import { readMetrics } from "specialist/internal/runtime/mod.ts";
import { writeTinyModel } from "./soak/tiny_model.ts";

function toGray(image: Image): Image {
  const data = image.data.map((_, i, levels) => {
    const first = i - i % 3;
    return (levels[first] + levels[first + 1] + levels[first + 2]) / 3;
  });
  return { ...image, data };
}

const grayscale: Transform = { name: "Grayscale", apply: (image) => toGray(image) };

/** One whose caption is its own, and which draws random numbers. */
const shifted: Transform = {
  name: "Shift",
  apply(image, random) {
    const by = random.integer(3);
    return { ...image, data: image.data.map((level) => Math.min(255, level + by)) };
  },
  caption: (caption) => `a brighter ${caption}`,
};

const sharp: Loss = {
  name: "sharp",
  weight: 0.1,
  value: ({ predictedLatents, latents }) => tf.mean(tf.abs(tf.sub(predictedLatents, latents))),
};

const early: Timesteps = {
  name: "early",
  draw: (random, n, { trainTimesteps }) =>
    Int32Array.from({ length: n }, () => random.integer(trainTimesteps / 2)),
};

const crossAttention = defineMethod({
  name: "cross-attention only",
  trainable: unetWhere((name) => /attn2\.to_[kv]\b/.test(name)),
  losses: [denoisingLoss()],
});

/** The U-Net's biases, scaled by one number that learns: no part that the library ships. */
const oneScale: Trainable = {
  name: "one scale",
  create: () => ({
    params: { scale: tf.scalar(1) },
    denoiser: ({ scale }, others) =>
      Object.fromEntries(
        Object.entries(others).map(([name, value]) =>
          name.endsWith(".bias") ? [name, tf.mul(value, scale)] : [name, value]
        ),
      ),
  }),
};

const redness: Metric = {
  name: "redness",
  better: "higher",
  measure: ({ data }) => data.filter((_, i) => i % 3 === 0).reduce((sum, x) => sum + x, 0) / 255,
};

let folder: string;
let lab: Lab;
/** So little of everything that it takes seconds. */
const little = {
  steps: 4,
  training: { batchSize: 2 },
  sampling: { steps: 2, guidanceScale: 2 },
  evaluation: { curveConcepts: 2 },
};
const quick = { contentLoss: contentLoss({ steps: 2, every: 2 }) };
/** Without the part that takes longest to trace. */
const plain = { contentLoss: false as const };

let cwd: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "base"));
  cwd = Deno.cwd();
  lab = await openLab({
    style: "openmoji",
    model: join(folder, "base"),
    preset: emojiPreset,
    subjects: 3,
  });
  assertEquals(Deno.cwd(), cwd);
  // Outside of the project, runs lie below the working directory.
  Deno.chdir(folder);
});
afterAll(async () => {
  Deno.chdir(cwd);
  await Deno.remove(folder, { recursive: true });
});

describe("compare", () => {
  const methods = {
    paper: specialist(quick),
    grayscale: specialist({ ...plain, transforms: [...paperTransforms, grayscale, shifted] }),
    sharp: specialist({ ...plain, losses: [sharp] }),
    early: specialist({ ...plain, timesteps: early }),
    "cross-attention": crossAttention,
    "one scale": defineMethod({
      name: "one scale",
      trainable: oneScale,
      losses: [denoisingLoss()],
    }),
    DreamBooth: dreambooth({ classImages: 2, sampling: { steps: 2 } }),
  };
  let result: ComparisonResult;
  beforeAll(async () => {
    result = await compare(lab, methods, { ...little, metrics: [redness] });
  });

  it("answers with plain rows: each score of each concept, with a metric of one's own", () => {
    const names = ["base model", ...Object.keys(methods)];
    assertEquals(new Set(result.scores.map(({ method }) => method)), new Set(names));
    for (const score of ["truth", "content", "redness"]) {
      const rows = result.scores.filter((row) => row.score === score);
      assertEquals(rows.length, names.length * lab.subjects.length, score);
      assert(rows.every(({ value }) => Number.isFinite(value)));
    }
    const concepts = new Set(result.scores.map(({ concept }) => concept));
    assertEquals(concepts, new Set(lab.subjects.map(({ id }) => id)));
  });

  it("records each named loss, those of one's own too", async () => {
    const [{ run }] = result.runs.filter(({ method }) => method === "sharp");
    const lines = await readMetrics(run.folder);
    const [measured] = lines.filter((line) => "share.sharp" in line);
    const shares = ["denoising", "sharp"].map((name) => measured[`share.${name}`]);
    assertAlmostEquals(shares.reduce((sum, share) => sum + share), 1, 1e-5);
    assertEquals(measured["weight.sharp"], 0.1);
    assertEquals(Object.keys(run.result.curves.losses!).sort(), ["denoising", "sharp"]);
  });

  it("gives each method the same shots, noise and drawings before training", () => {
    const before = result.runs.map(({ run }) => JSON.stringify(run.result.before));
    assertEquals(new Set(before).size, 1);
    // At the first step, before any weight has moved, the paper's and "sharp" see the same batch.
    const first = (method: string) =>
      result.runs.find((run) => run.method === method)!.run.result.curves.losses!.denoising[0]
        .value;
    assertEquals(first("paper"), first("sharp"));
  });

  it("pairs its differences: on the same concept, whatever the concepts' own spread", () => {
    const summary = result.summary();
    const own = summary.filter(({ method }) => method === "paper");
    assert(own.every(({ difference }) => difference === undefined));
    const [row] = summary.filter(({ method, score }) => method === "early" && score === "content");
    const meanOf = (method: string) =>
      summary.find((row) => row.method === method && row.score === "content")!.mean.value;
    assertAlmostEquals(row.difference!.value, meanOf("early") - meanOf("paper"), 1e-9);
  });

  it("has intervals for other seeds as of three seeds, and says what they hold for", async () => {
    const [one] = result.summary();
    assertEquals(one.mean.holdsFor, "concepts");
    const two = { "cross-attention": crossAttention, early: methods.early };
    const several = await compare(lab, two, { ...little, seeds: [0, 1, 2] });
    const row = several.summary().find(({ method, score }) =>
      method === "early" && score === "content"
    )!;
    assertEquals(
      [row.mean.holdsFor, row.difference!.holdsFor],
      Array(2).fill("seeds and concepts"),
    );
    // The same from the plain rows.
    const valuesOf = (method: string, seed: number) =>
      several.scores.filter((row) =>
        row.method === method && row.seed === seed && row.score === "content"
      ).map(({ value }) => value);
    const { value, low, high } = estimateContrast([0, 1, 2].map((seed) => ({
      style: "openmoji",
      values: valuesOf("early", seed).map((value, i) =>
        value - valuesOf("cross-attention", seed)[i]
      ),
    })));
    assertEquals({ ...row.difference }, { value, low, high, holdsFor: "seeds and concepts" });
  });

  it("has the images that its scores are of", async () => {
    assertEquals(Object.keys(result.images), ["base model", ...Object.keys(methods)]);
    const [row] = result.scores.filter(({ score, method }) =>
      score === "redness" && method === "DreamBooth"
    );
    const i = result.subjects.findIndex(({ id }) => id === row.concept);
    assertEquals(
      await redness.measure(result.images.DreamBooth[i], lab.subjects[i], lab),
      row.value,
    );
  });

  it("draws curves and trade-offs of its methods", () => {
    const names = Object.keys(methods);
    const lines = result.curve("heldOut").data as { name: string; x: number[]; y: number[] }[];
    assertEquals(lines.map(({ name }) => name), names);
    const { heldOut } = result.runs[0].run.result.curves;
    assertEquals(lines[0].x, heldOut.map(({ step }) => step));
    assertEquals(lines[0].y, heldOut.map(({ value }) => value));

    const points = result.tradeOff("redness", "truth").data as { name?: string; y: number[] }[];
    const paper = points.find(({ name }) => name === "paper")!;
    const [truth] = result.summary().filter(({ method, score }) =>
      method === "paper" && score === "truth"
    );
    assertEquals(paper.y, [truth.mean.value]);
    assertThrows(() => result.tradeOff("beauty"), UserError, "there is no such score");
  });

  it("does not repeat its runs, which `train` shares", async () => {
    const again = await compare(lab, { paper: methods.paper }, little);
    const [{ run }] = again.runs;
    assertEquals(run.record.attempts.length, 1);
    assertEquals(run.record.id, result.runs[0].run.record.id);
    const { folder } = await train(lab, methods.paper, {
      ...{ sampling: little.sampling, training: { batchSize: 2, steps: 4 } },
      evaluation: { split: "validation", concepts: 3, every: 1, curveConcepts: 2 },
    });
    assertEquals(folder, run.folder);
  });

  it("resumes a run that was stopped", async () => {
    const stop = new AbortController();
    const stopping: Loss = {
      name: "stopping",
      every: 3,
      prepare({ step }) {
        if (step === 3) stop.abort(new DOMException("stopped", "AbortError"));
        return {};
      },
      value: ({ latents }) => tf.mul(0, tf.mean(latents)),
    };
    const method = full({ losses: [stopping] });
    const options = { ...little, seeds: [5, 6] };
    await assertRejects(
      () => compare(lab, { method }, { ...options, signal: stop.signal }),
      DOMException,
    );
    const { runs, scores } = await compare(lab, { method }, options);
    assertEquals(runs.map(({ run }) => run.record.attempts.length), [2, 1]);
    assert(runs[0].run.record.attempts[1].fromStep > 0);
    assertEquals(new Set(scores.map(({ seed }) => seed)), new Set([5, 6]));
  });

  it("shows its table on a terminal", async () => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line) => void lines.push(line);
    try {
      await result.show();
    } finally {
      console.log = log;
    }
    for (const name of ["base model", "cross-attention", "difference from paper"]) {
      assert(lines.join("\n").includes(name), name);
    }
  });

  it("refuses wrong options before anything is trained", async () => {
    const wrong: [object, object][] = [
      [{}, {}],
      [methods, { against: "papre" }],
      [methods, { seeds: [] }],
      [methods, { seeds: [1, 1] }],
      [{ "base model": methods.paper }, {}],
      [methods, { training: { batchSize: 0 } }],
    ];
    for (const [given, options] of wrong) {
      await assertRejects(() => compare(lab, given as typeof methods, options), UserError);
    }
  });
});

describe("a method", () => {
  it("has parts that are values: swapping one is one line", () => {
    const swapped = [
      specialist(),
      specialist({ timesteps: sparseTimesteps({ grid: "reference" }) }),
      specialist({ contentLoss: false }),
      specialist({ captions: [retrievedCaptions()] }),
      lora({ rank: 2 }),
      textualInversion(),
    ];
    assertEquals(
      swapped.map(({ losses }) => losses.map(({ name }) => name).join()),
      ["denoising,content", "denoising,content", "denoising", "denoising,content"]
        .concat(["denoising", "denoising"]),
    );
  });

  it("that cannot work is refused where it is defined", () => {
    const trainable = unetWhere(() => true);
    const wrong = [
      { name: "no loss", trainable, losses: [] },
      { name: "nothing learns", trainable: [], losses: [denoisingLoss()] },
      { name: "one name twice", trainable, losses: [denoisingLoss(), denoisingLoss()] },
    ];
    for (const method of wrong) {
      try {
        defineMethod(method);
        throw new Error(`${method.name} was accepted`);
      } catch (error) {
        assert(error instanceof UserError, method.name);
      }
    }
  });

  it("whose trainable part finds nothing says so, with names that there are", async () => {
    const method = defineMethod({
      name: "nothing",
      trainable: unetWhere((name) => name.includes("attn3")),
      losses: [denoisingLoss()],
    });
    const error = await assertRejects(() => compare(lab, { method }, little), UserError);
    assert(error.message.includes(".weight"), error.message);
  });

  it("draws what its own stream gives", () => {
    const at = { trainTimesteps: 1000, samplerTimesteps: [900, 500, 100] };
    assertEquals(early.draw(createRandom(1), 4, at), early.draw(createRandom(1), 4, at));
  });
});
