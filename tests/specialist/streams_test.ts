/**
 * Each thing that a step draws has a stream of its own: parts of a method can be switched on and off, and
 * all other draws stay as they are, bit by bit. So methods can be compared step by step, and a run resumes
 * from its seed and its step.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { join } from "node:path";
import { createRandom, createStreams } from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { normalTensor } from "specialist/models";
import {
  type CaptionIndex,
  type CaptionPart,
  contentLoss,
  denoisingLoss,
  doubledCaptions,
  loraAdapters,
  type Loss,
  type Method,
  paperTransforms,
  type PreparedMethod,
  priorPreservation,
  retrievedCaptions,
  sparseTimesteps,
  synonyms,
  templates,
  type Transform,
  wholeUnet,
} from "specialist/specialist";
import { createVariables, disposeVariables, fit } from "specialist/training";
import { runIn } from "../helpers.ts";
import { model, prepareTiny, tinyContent, tinyTraining } from "./tiny_methods.ts";

const batchSize = 2;

const cacheFolder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(cacheFolder, { recursive: true }));

/** Two captions are similar to each of the shots'. */
const captionIndex: CaptionIndex = {
  captions: ["a small car", "a child"],
  embeddings: [Float32Array.of(1, 0), Float32Array.of(1, 0)],
  encode: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))),
};

/** No two pixels are alike, so that no transform leaves an image as it is. */
const shots = ["a car", "a dog", "a green leaf"].map((caption, i) => {
  const random = createRandom(i);
  const [width, height] = [16 + 4 * i, 24 - 4 * i];
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return { image: { width, height, data }, caption };
});

const context = { shots, captionIndex, cache: { folder: cacheFolder, model: "tiny" } };

/** Draws many numbers. */
const greedyTransform: Transform = {
  name: "noise",
  apply: (image, random) => ({ ...image, data: image.data.map(() => random.integer(256)) }),
};

/** Tells in each caption what it has drawn. */
const tag: CaptionPart = {
  name: "tag",
  prepare: () => (caption, { random }) => `${caption} #${random.integer(1e9)}`,
};

/** Draws many numbers, one way and another. */
const ownLoss: Loss = {
  name: "own",
  weight: 0.01,
  prepare: ({ random, noised, plainCaptions }) => ({
    ...noised([{ image: greedyTransform.apply(blank, random), caption: plainCaptions[0] }]),
    target: normalTensor(random.fork("target"), [1]),
  }),
  value: ({ errors, prepared }) =>
    tf.mean(tf.squaredDifference(errors(prepared as never), prepared.target)),
};
const blank = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 3) };

/** What a step draws, by name. */
type Draws = Record<string, number[] | string[]>;

/** Parts of a method, each with the draws that it may change. */
const parts = {
  transforms: ["latents", "captions"],
  "own transform": ["latents", "captions"],
  placement: ["latents"],
  retrieval: ["captions"],
  synonyms: ["captions"],
  templates: ["captions"],
  doubling: ["captions"],
  content: ["content.latents", "content.contexts", "content.targets"],
  prior: ["prior.latents", "prior.noise", "prior.timesteps", "prior.texts"],
  "own loss": ["own.latents", "own.noise", "own.timesteps", "own.texts", "own.target"],
  "sparse timesteps": ["timesteps", "prior.timesteps", "own.timesteps"],
  "noise offset": ["noise", "prior.noise", "own.noise"],
  lora: ["content.latents"],
} satisfies Record<string, string[]>;

type PartName = keyof typeof parts;
const partNames = Object.keys(parts) as PartName[];

/** The method with these parts, and no others. */
function methodWith(on: ReadonlySet<PartName>): Method {
  const chosen = <T>(...choices: [PartName, T][]): T[] =>
    choices.filter(([name]) => on.has(name)).map(([, part]) => part);
  return {
    name: "parts",
    trainable: on.has("lora") ? loraAdapters() : wholeUnet(),
    shots: {
      transforms: [
        ...chosen(["transforms", paperTransforms]).flat(),
        ...chosen(["own transform", greedyTransform]),
      ],
      captions: [
        ...chosen(
          ["retrieval", retrievedCaptions()],
          ["synonyms", synonyms()],
          ["templates", templates()],
          ["doubling", doubledCaptions],
        ),
        tag,
      ],
      placement: on.has("placement") ? { shift: 0.2, zoom: 0.2, mirror: 0.5 } : undefined,
      noiseOffset: on.has("noise offset") ? 0.1 : undefined,
    },
    timesteps: on.has("sparse timesteps") ? sparseTimesteps() : undefined,
    losses: [
      denoisingLoss(),
      ...chosen(
        ["content", contentLoss({ ...tinyContent, every: 1 })],
        ["prior", priorPreservation({ classImages: 2, sampling: { steps: 2 } })],
        ["own loss", ownLoss],
      ),
    ],
  };
}

async function drawsOf(
  { task }: PreparedMethod,
  { seed, step }: { seed: number; step: number },
): Promise<Draws> {
  const numbers = (tensors: Record<string, Tensor>, prefix = "") =>
    Object.entries(tensors).map(([name, tensor]) => [prefix + name, [...tensor.dataSync()]]);
  const variables = createVariables(task.params);
  const streams = createStreams(seed, step);
  const { shown, prepared } = await task.batch(streams, { batchSize, variables });
  const { texts: _sameAsCaptions, ...own } = shown;
  const draws = Object.fromEntries([
    ...numbers(own),
    ...Object.entries(prepared).flatMap(([loss, tensors]) => numbers(tensors, `${loss}.`)),
  ]);
  const captions = task.samples!(streams, { batchSize })
    .map((line) => line.replace(/, timestep \d+$/, ""));
  tf.dispose([shown, prepared] as never);
  disposeVariables(variables);
  return { ...draws, captions, tags: captions.map((caption) => /#\d+/.exec(caption)![0]) };
}

describe("the draws of a step", () => {
  const prepared = new Map<string, Promise<PreparedMethod>>();
  const prepareWith = (on: ReadonlySet<PartName>) => {
    const key = partNames.filter((name) => on.has(name)).join();
    const known = prepared.get(key) ?? prepareTiny(methodWith(on), context);
    prepared.set(key, known);
    return known;
  };
  const place = fc.record({ seed: fc.nat(1000), step: fc.nat(1000) });

  for (const part of partNames) {
    it(`stay as they are if ${part} is switched on, except for its own`, async () => {
      const others = fc.subarray(partNames.filter((name) => name !== part));
      await fc.assert(
        fc.asyncProperty(others, place, async (others, place) => {
          const [off, on] = [
            await drawsOf(await prepareWith(new Set(others)), place),
            await drawsOf(await prepareWith(new Set([...others, part])), place),
          ];
          const mayChange: string[] = parts[part];
          for (const name of Object.keys(off).filter((name) => !mayChange.includes(name))) {
            assertEquals(on[name], off[name], name);
          }
          for (const name of Object.keys(on)) {
            assert(name in off || mayChange.includes(name), `${name} is drawn for no part`);
          }
        }),
        { seed: 1, numRuns: 8 },
      );
    });
  }

  it("stay as they are for shots that are not transformed", async () => {
    const plain = await prepareWith(new Set(["doubling"]));
    const transformed = await prepareWith(new Set(["doubling", "transforms", "own transform"]));
    let untouched = 0, touched = 0;
    for (let step = 0; step < 12; step++) {
      const [before, after] = [
        await drawsOf(plain, { seed: 5, step }),
        await drawsOf(transformed, { seed: 5, step }),
      ];
      const rowOf = ({ latents }: Draws, i: number) =>
        latents.slice(i * latents.length / batchSize, (i + 1) * latents.length / batchSize);
      for (const [i, caption] of after.captions.entries()) {
        if (`${caption}`.includes("transformation")) {
          touched++;
          assertNotEquals(rowOf(after, i), rowOf(before, i));
        } else {
          untouched++;
          assertEquals(after.captions[i], before.captions[i]);
          assertEquals(rowOf(after, i), rowOf(before, i));
        }
      }
    }
    assert(untouched > 5 && touched > 5, `${untouched} and ${touched}`);
  });

  it("of one loss are no other draws again, whatever the loss is called", async () => {
    const losses = ["noise", "own"].map((name): Loss => ({
      name,
      prepare: ({ random }) => ({ drawn: normalTensor(random, model.latentsShape(batchSize)) }),
      value: ({ prediction }) => tf.mean(prediction),
    }));
    const method = { name: "two", trainable: wholeUnet(), losses };
    const draws = await drawsOf(
      await prepareTiny({ ...method, shots: { captions: [tag] } }, context),
      { seed: 1, step: 0 },
    );
    const all = [draws.noise, draws["noise.drawn"], draws["own.drawn"]].map(([first]) => first);
    assertEquals(new Set(all).size, 3);
  });

  it("are others at each step and for each seed", async () => {
    const method = await prepareWith(new Set(partNames));
    const draws = [
      await drawsOf(method, { seed: 1, step: 4 }),
      await drawsOf(method, { seed: 1, step: 5 }),
      await drawsOf(method, { seed: 2, step: 4 }),
    ];
    for (
      const name of ["latents", "noise", "tags", "content.latents", "prior.noise", "own.target"]
    ) {
      const different = new Set(draws.map((drawn) => `${drawn[name]}`));
      assertEquals(different.size, 3, name);
    }
  });
});

describe("a run of a method with all parts", () => {
  const settings = tinyTraining({
    steps: 4,
    checkpointEvery: 2,
    ema: { decay: 0.9 },
    maxGradNorm: 1,
  });
  /** As after a restart: nothing is left of what another run has cached. */
  const prepare = () => prepareTiny(methodWith(new Set(partNames)), context);

  it("resumes from weights, optimizer, seed and step as if it had never stopped", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const first = runIn(folder);
      const whole = await fit((await prepare()).task, settings, { seed: 5, run: first.run });
      assertEquals(first.saved, [2, 4]);
      const state = JSON.parse(await Deno.readTextFile(join(folder, "2", "state.json")));
      assertEquals(state, { step: 2, skipped: 0 });

      const { run, lines } = runIn(folder, 2);
      const resumed = await fit((await prepare()).task, settings, { seed: 5, run, logEvery: 1 });
      assertEquals(lines.map(({ step }) => step), [3, 4]);
      for (const [name, value] of Object.entries(whole)) {
        assertEquals(resumed[name].dataSync(), value.dataSync(), name);
      }
      tf.dispose([whole, resumed]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
