import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom, type Image } from "specialist/data";
import { allScores, drawingScores, judgeSubjects, type Subject } from "specialist/evaluation";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { type Clip, loadClip, patchFeatures } from "specialist/models";
import { writeTinyModel } from "../soak/tiny_model.ts";

await useBackend();

function image(seed: number): Image {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: 16 * 16 * 3 }, () => random.integer(256));
  return { width: 16, height: 16, data };
}

describe("scores of a model's images", () => {
  let folder: string;
  let judge: Clip;
  const shots = [image(1), image(2)];
  const drawings = [image(3), image(4), image(5)];
  const subjectsOf = (drawings: readonly Image[]) =>
    drawings.map((truth, i): Subject => ({ id: `${i}`, item: "a red apple", truth }));
  const subjects = subjectsOf(drawings);

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    judge = await loadClip(join(folder, "judge"));
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

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
    assertEquals(Object.keys(concepts).sort(), ["content", "nearestShot"]);
    assertEquals(Object.keys(set), ["diversity"]);
  });

  it("of the drawings themselves say what could be reached; nothing if they are not known", async () => {
    const judged = await judgeSubjects(judge, subjects, [shots[0], image(7), image(8)]);
    const reachable = await drawingScores({ judge, judged, shots });
    const { concepts, set } = await scoresOf(subjects, drawings);
    assertEquals(reachable!.concepts.content, concepts.content);
    assertEquals(reachable!.set.diversity, set.diversity);
    const unknown = judged.map(({ truth: _, ...rest }) => rest);
    assertEquals(await drawingScores({ judge, judged: unknown, shots }), undefined);
  });

  it("look at an image's patches whatever else is in the batch", async () => {
    const [maps] = await patchFeatures(judge, [drawings[0]]);
    const [, again] = await patchFeatures(judge, [shots[0], drawings[0]]);
    const { hidden_size: d, image_size, patch_size } = judge.config.vision_config;
    assertEquals(maps.map(({ length }) => length), [d * (image_size / patch_size) ** 2]);
    maps[0].forEach((value, i) => assertAlmostEquals(again[0][i], value, 1e-5));
  });
});
