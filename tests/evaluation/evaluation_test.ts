import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { mean } from "simple-statistics";
import {
  baseModelFolder,
  createRandom,
  fitImage,
  type Image,
  loadEmoji,
  plainImage,
  readSplits,
} from "specialist/data";
import {
  allScores,
  clipJudge,
  clipScores,
  cmmd,
  cosine,
  drawingScores,
  frechetDistance,
  gramMatrix,
  jointEmbedding,
  type Judge,
  judgeSubjects,
  leaveOneOutScores,
  likeness,
  loadJudge,
  meanDirection,
  meanGramMatrix,
  nearestShots,
  pairedCosines,
  pairedKid,
  perceptualDistance,
  scoreAdaptation,
  styleDistance,
  type Subject,
} from "specialist/evaluation";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  type Clip,
  embedImages,
  embedTexts,
  imageTower,
  loadClip,
  loadJudges,
  loadStableDiffusion,
  patchFeatures,
} from "specialist/models";
import { writeTinyModel } from "../soak/tiny_model.ts";

await useBackend();

function image(seed: number): Image {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: 16 * 16 * 3 }, () => random.integer(256));
  return { width: 16, height: 16, data };
}

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(folder);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const subjectsOf = (drawings: readonly Image[]) =>
  drawings.map((truth, i): Subject => ({ id: `${i}`, item: "a red apple", truth }));

describe("scores of a model's images", () => {
  let judge: Judge;
  const shots = [image(1), image(2)];
  const drawings = [image(3), image(4), image(5)];
  const subjects = subjectsOf(drawings);

  beforeAll(async () => {
    judge = await loadJudge(join(folder, "judge"));
  });

  const scoresOf = async (subjects: readonly Subject[], images: readonly Image[]) =>
    await allScores({
      judge,
      judged: await judgeSubjects(judge, subjects, images),
      images,
      shots,
    });

  it("of the true drawings have no distance to them", async () => {
    const many = Array.from({ length: 8 }, (_, i) => image(10 + i));
    const { concepts, set } = await scoresOf(subjectsOf(many), many);
    for (const value of concepts.truth!) assertAlmostEquals(value, 1, 1e-5);
    for (const value of concepts.perceptual!) assertAlmostEquals(value, 0, 1e-5);
    for (const name of ["cmmd", "gram", "fid"] as const) assertAlmostEquals(set[name]!, 0, 1e-4);
  });

  it("see that other images are not the true drawings, and which is a shot", async () => {
    const { concepts, set } = await scoresOf(subjects, [shots[0], drawings[1], image(6)]);
    assertAlmostEquals(concepts.nearestShot![0], 1, 1e-5);
    assert(concepts.truth![0] < concepts.truth![1] && concepts.truth![2] < concepts.truth![1]);
    assert(concepts.perceptual![0] > 0.01 && set.gram! > 0);
  });

  it("say nothing of a style as a whole where there are fewer than eight", async () => {
    const { set } = await scoresOf(subjects, drawings);
    assertEquals(Object.keys(set).sort(), ["diversity", "gram"]);
  });

  it("without true drawings are those that need none", async () => {
    const { concepts, set } = await scoresOf(
      subjects.map(({ id, item }) => ({ id, item })),
      drawings,
    );
    assertEquals(Object.keys(concepts).sort(), ["content", "nearestShot", "style"]);
    assertEquals(Object.keys(set), ["diversity"]);
  });

  it("of the drawings themselves say what could be reached; nothing if they are not known", async () => {
    const judged = await judgeSubjects(judge, subjects, [shots[0], image(7), image(8)]);
    const reachable = await drawingScores({ judge, judged, shots });
    const { concepts, set } = await scoresOf(subjects, drawings);
    assertEquals(reachable!.concepts.content, concepts.content);
    assertEquals(reachable!.concepts.style, concepts.style);
    assertEquals(reachable!.set.diversity, set.diversity);
    const unknown = judged.map(({ truth: _, ...rest }) => rest);
    assertEquals(await drawingScores({ judge, judged: unknown, shots }), undefined);
  });

  it("say how near an image is drawn to the mean of the shots", async () => {
    const same = (i: number) => i === 0 ? shots[0] : drawings[i];
    const { concepts } = await allScores({
      judge,
      judged: await judgeSubjects(judge, subjects, [0, 1, 2].map(same)),
      images: [0, 1, 2].map(same),
      shots: [shots[0], shots[0]],
    });
    assertAlmostEquals(concepts.style![0], 1, 1e-5);
    assert(concepts.style![1] < 1 - 1e-4 && concepts.style![2] < 1 - 1e-4);
  });
});

describe("a style whose true drawings are unknown", () => {
  let judge: Judge;
  const shots = [1, 2, 3, 4].map((seed) => ({ image: image(seed), caption: "a red apple" }));
  const subjects = [0, 1, 2, 3].map((i): Subject => ({ id: `${i}`, item: "a red apple" }));
  const strange = [0, 80, 160, 240].map((red) => plainImage(16, 16, [red, 255, 0]));

  beforeAll(async () => {
    judge = await loadJudge(join(folder, "judge"));
  });

  it("has each shot scored against the others, as an image in the style would be", async () => {
    const own = await leaveOneOutScores(judge, shots);
    for (const [i, { image }] of shots.entries()) {
      const { concepts } = await allScores({
        judge,
        judged: await judgeSubjects(judge, subjects.slice(0, 2), [image, strange[0]]),
        images: [image, strange[0]],
        shots: shots.filter((_, j) => j !== i).map(({ image }) => image),
      });
      for (const name of ["content", "style", "nearestShot"] as const) {
        assertAlmostEquals(own![name][i], concepts[name]![0], 1e-5, `${name} of shot ${i}`);
      }
    }
    // Against all shots, it would be nearest to itself.
    assert(own!.nearestShot.every((value) => value < 1 - 1e-4));
    assertEquals(await leaveOneOutScores(judge, shots.slice(0, 1)), undefined);
  });

  const scoresOf = async (after: Image[], given = shots) => {
    const { scores } = await scoreAdaptation({
      ...{ judge, model: await loadStableDiffusion(folder), shots: given, subjects },
      ...{ before: strange, after, drift: [0.1, 0.3], seed: 0 },
    });
    return new Map(scores.map((score) => [score.name as string, score]));
  };

  it("gets the scores that need no truth: style, content, memorisation and drift", async () => {
    const scores = await scoresOf(shots.map(({ image }) => image));
    assertEquals([...scores.keys()], ["content", "style", "memorisation", "drift"]);
    const own = await leaveOneOutScores(judge, shots);
    assertAlmostEquals(scores.get("style")!.own!, mean(own!.style), 1e-9);
    const { before, after, interval } = scores.get("memorisation")!;
    // The shots drawn again are alike to themselves.
    assertAlmostEquals(after, 1 - mean(own!.nearestShot), 1e-5);
    assert(before >= 0 && before < after);
    assert(interval.low > 0 && interval.low <= after - before);
    assertEquals(scores.get("drift")!.before, 0);
    assertAlmostEquals(scores.get("drift")!.after, 0.2, 1e-9);
  });

  it("has no memorisation where images are no more like the shots than those are", async () => {
    assertEquals((await scoresOf(strange)).get("memorisation")!.after, 0);
  });

  it("of a single shot has no memorisation, as nothing says what is usual", async () => {
    const scores = await scoresOf(strange, shots.slice(0, 1));
    assertEquals([...scores.keys()], ["content", "style", "drift"]);
  });
});

describe("a CLIP as a judge", () => {
  let clip: Clip;
  beforeAll(async () => {
    clip = await loadClip(join(folder, "guide"));
  });

  it("gives the scores of its embeddings and feature maps", async () => {
    const judge = clipJudge(clip);
    const shots = [image(1), image(2)];
    const images = Array.from({ length: 8 }, (_, i) => image(10 + i));
    const drawings = Array.from({ length: 8 }, (_, i) => image(20 + i));
    const subjects = subjectsOf(drawings);
    const judged = await judgeSubjects(judge, subjects, images);
    const { concepts, set } = await allScores({ judge, judged, images, shots });

    const rows = await embedImages(clip, images), truths = await embedImages(clip, drawings);
    const texts = await embedTexts(clip, subjects.map(({ item }) => item));
    const seenShots = await embedImages(clip, shots);
    const root = Math.sqrt(rows[0].length);
    const stretched = (row: Float32Array) => row.map((value) => value * root);
    assertEquals(concepts.truth, pairedCosines(rows, truths));
    assertEquals(concepts.content, clipScores(rows, texts));
    assertEquals(concepts.style, rows.map((row) => cosine(row, meanDirection(seenShots))));
    assertEquals(concepts.nearestShot, nearestShots(rows, seenShots).map(({ cosine }) => cosine));
    assertEquals(set.fid, frechetDistance(rows, truths));
    assertEquals(set.cmmd, cmmd(rows, truths));
    assertEquals(
      set.kid,
      pairedKid(
        rows.map((row, i) => ({ image: stretched(row), truth: stretched(truths[i]) })),
      ),
    );

    const channels = clip.config.vision_config.hidden_size;
    const mapsOf = async (images: readonly Image[]) =>
      (await patchFeatures(clip, images)).map(([data]) => ({ channels, data }));
    const [maps, trueMaps] = [await mapsOf(images), await mapsOf(drawings)];
    const weights = [new Float32Array(channels).fill(1)];
    assertEquals(
      concepts.perceptual,
      maps.map((map, i) => perceptualDistance([map], [trueMaps[i]], weights)),
    );
    const gram = styleDistance(
      [meanGramMatrix(maps.map(gramMatrix))],
      [meanGramMatrix(trueMaps.map(gramMatrix))],
    );
    assertEquals(set.gram, 1e6 * gram);
  });

  it("looks at an image's patches whatever else is in the batch", async () => {
    const [maps] = await patchFeatures(clip, [image(3)]);
    const [, again] = await patchFeatures(clip, [image(1), image(3)]);
    const { hidden_size: d, image_size, patch_size } = clip.config.vision_config;
    assertEquals(maps.map(({ length }) => length), [d * (image_size / patch_size) ** 2]);
    maps[0].forEach((value, i) => assertAlmostEquals(again[0][i], value, 1e-5));
  });
});

describe("two networks as a judge", () => {
  it("see content with one and style with the other, in images of any size", async () => {
    const path = join(folder, "judge");
    const judge = await loadJudge(path);
    const { content, style } = await loadJudges(path);
    const large: Image = { width: 40, height: 30, data: createBytes(40 * 30 * 3) };
    const [small, seen] = await judge.images([image(3), large]);
    assertEquals([small.content.length, small.style.length], [6, 6]);
    const pixels = tf.tensor(Float32Array.from(fitImage(large, 16).data, (v) => v / 255), [
      ...[1, 16, 16, 3],
    ]);
    for (const [name, { config, params }] of [["content", content], ["style", style]] as const) {
      const [row] = imageTower(params, config.image_config, pixels).arraySync() as number[][];
      assertAlmostEquals(Math.hypot(...seen[name]), 1, 1e-5);
      row.forEach((value, i) => assertAlmostEquals(seen[name][i], value, 1e-4));
    }
    const [text] = await judge.texts(["a red apple"]);
    assertEquals(text.length, seen.content.length);
    assertAlmostEquals(Math.hypot(...text), 1, 1e-5);
  });

  it("liken images by both alike, as their joint embeddings do", async () => {
    const judge = await loadJudge(join(folder, "judge"));
    const [a, b] = await judge.images([image(3), image(4)]);
    const [joint, other] = [jointEmbedding(a), jointEmbedding(b)];
    assertAlmostEquals(Math.hypot(...joint), 1, 1e-5);
    assertAlmostEquals(likeness(a, b), cosine(joint, other), 1e-6);
    const [contents, styles] = [cosine(a.content, b.content), cosine(a.style, b.style)];
    assertAlmostEquals(likeness(a, b), (contents + styles) / 2, 1e-9);
  });

  it("have a map of each level of the content network, whatever else is in the batch", async () => {
    const judge = await loadJudge(join(folder, "judge"));
    const [maps] = await judge.features([image(3)]);
    assertEquals(
      maps.map(({ channels, data }) => [channels, data.length]),
      [[8, 8 * 4 * 4], [16, 16 * 2 * 2]],
    );
    const [, again] = await judge.features([image(1), image(3)]);
    maps.forEach(({ data }, level) =>
      Array.from(data).forEach((value, i) => assertAlmostEquals(again[level].data[i], value, 1e-5))
    );
  });

  it("of the shipped model tell the designer's own drawings from another's", async () => {
    const judge = await loadJudge(join(baseModelFolder, "judge"));
    const [emoji, splits] = [await loadEmoji(), await readSplits()];
    const drawn = (set: string, ids: readonly string[]) =>
      ids.flatMap((id) => emoji.image(set, id) ?? []);
    const shots = await judge.images(drawn("openmoji", splits.shots.slice(0, 8)));
    const style = meanDirection(shots.map(({ style }) => style));
    const styles = async (set: string) =>
      (await judge.images(drawn(set, splits.validation.slice(0, 8))))
        .map((seen) => cosine(seen.style, style));
    const own = await styles("openmoji"), others = await styles("noto");
    assert(Math.min(...own) > Math.max(...others), `${own} and ${others}`);
  });

  it("are missed where only one is there", async () => {
    const path = join(folder, "half");
    await Deno.mkdir(join(path, "style"), { recursive: true });
    const error = await assertRejects(() => loadJudge(path), UserError);
    assert(error.message.includes(join("content", "config.json")));
  });
});

function createBytes(length: number): Uint8Array {
  const random = createRandom("bytes");
  return Uint8Array.from({ length }, () => random.integer(256));
}
