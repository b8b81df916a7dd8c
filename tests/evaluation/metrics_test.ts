import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mean, standardDeviation } from "simple-statistics";
import { createRandom } from "specialist/data";
import {
  clipScore,
  clipScores,
  cmmd,
  cosine,
  diversity,
  drift,
  type Embeddings,
  frechetDistance,
  gramMatrix,
  kid,
  meanGramMatrix,
  nearestShots,
  pairedKid,
  perceptualDistance,
  styleDistance,
} from "specialist/evaluation";

const random = createRandom("metrics");

function normals(count: number, width: number, shift = 0): Float32Array[] {
  return Array.from(
    { length: count },
    () => Float32Array.from({ length: width }, () => random.normal() + shift),
  );
}

describe("distances between sets", () => {
  const distances: [string, (xs: Embeddings, ys: Embeddings) => number][] = [
    ["kid", kid],
    ["cmmd", cmmd],
    ["frechetDistance", frechetDistance],
  ];
  const [near, alsoNear, far] = [normals(60, 8), normals(50, 8), normals(50, 8, 1)];

  for (const [name, distance] of distances) {
    it(`${name} is symmetric`, () => {
      assertAlmostEquals(distance(near, far), distance(far, near), 1e-9);
    });

    it(`${name} does not depend on the order of images`, () => {
      assertAlmostEquals(distance(random.shuffle(near), far), distance(near, far), 1e-9);
    });

    it(`${name} grows with the difference of the distributions`, () => {
      assert(distance(near, far) > 4 * Math.abs(distance(near, alsoNear)));
    });

    it(`${name} refuses widths that differ and sets that are too small`, () => {
      assertThrows(() => distance(near, normals(9, 7)));
      assertThrows(() => distance([], near), RangeError);
    });
  }

  it("kid of one distribution is zero on average, whatever the size of the sets", () => {
    for (const size of [3, 12]) {
      const values = Array.from({ length: 600 }, () => kid(normals(size, 4), normals(size, 4)));
      const standardError = standardDeviation(values) / Math.sqrt(values.length);
      assert(Math.abs(mean(values)) < 3 * standardError, `${mean(values)} ± ${standardError}`);
      assert(values.some((value) => value < 0));
    }
  });

  it("pairedKid is zero on average where true images are like theirs", () => {
    const values = Array.from({ length: 600 }, () =>
      pairedKid(
        normals(6, 4).map((thing) => {
          const [image, truth] = normals(2, 4).map((noise) => noise.map((x, i) => x + thing[i]));
          return { image, truth };
        }),
      ));
    const standardError = standardDeviation(values) / Math.sqrt(values.length);
    assert(Math.abs(mean(values)) < 3 * standardError, `${mean(values)} ± ${standardError}`);
  });

  it("pairedKid is near kid where nothing is alike, and leaves out what a bootstrap draws twice", () => {
    const pairs = near.slice(0, 50).map((image, i) => ({ image, truth: far[i] }));
    assertAlmostEquals(pairedKid(pairs), kid(near.slice(0, 50), far), 0.2 * kid(near, far));
    assertAlmostEquals(pairedKid([...pairs, pairs[0]]), pairedKid(pairs), 0.2 * pairedKid(pairs));
    assertThrows(() => pairedKid([pairs[0], pairs[0]]), RangeError);
  });

  it("kid makes no pair of an image that a bootstrap draws twice", () => {
    const [first, second, third] = near;
    const twice = kid([first, first, second, third], far);
    const copy = kid([first, first.slice(), second, third], far);
    assert(twice < copy);
    assertThrows(() => kid([first, first], far), RangeError);
  });

  it("cmmd and the Fréchet distance of a set to itself are zero", () => {
    assertAlmostEquals(cmmd(near, near), 0, 1e-9);
    assertAlmostEquals(frechetDistance(near, near), 0, 1e-6);
  });

  it("cmmd ignores how long embeddings are", () => {
    const longer = near.map((row) => row.map((x) => 3 * x));
    assertAlmostEquals(cmmd(longer, far), cmmd(near, far), 1e-4);
  });
});

describe("CLIP score", () => {
  const images = [[1, 0], [0, 2], [3, 3]];

  it("is 100 where image and prompt agree, and ignores lengths", () => {
    assertEquals(clipScores(images, [[5, 0], [0, 1], [0, 1]]).map(Math.round), [100, 100, 71]);
  });

  it("is cut off at zero: each pair's own, and the mean of a set", () => {
    const texts = [[-1, 0], [0, 1], [1, 1]];
    assertEquals(clipScores(images, texts).map(Math.round), [0, 100, 100]);
    assertAlmostEquals(clipScore(images, texts), 100 / 3, 1e-9);
    assertEquals(clipScore([[1, 0]], [[-1, 0]]), 0);
  });

  it("refuses images without prompts", () => {
    assertThrows(() => clipScore(images, [[1, 0]]), RangeError, "make no pairs");
    assertThrows(() => clipScore([], []), RangeError);
    assertThrows(() => clipScore([[1, 0]], [[1, 0, 0]]), RangeError, "width 2 and 3");
  });
});

describe("style distance", () => {
  const map = (channels: number, pixels: number) => ({
    channels,
    data: Float32Array.from({ length: channels * pixels }, () => random.normal()),
  });

  it("does not see where in an image something is", () => {
    const features = map(4, 9);
    const order = random.shuffle([...Array(9).keys()]);
    const moved = features.data.map((_, i) => features.data[i - i % 9 + order[i % 9]]);
    const grams = [features, { channels: 4, data: moved }].map(gramMatrix);
    assertAlmostEquals(styleDistance([grams[0]], [grams[1]]), 0, 1e-12);
  });

  it("of mean matrices weighs layers", () => {
    const [a, b, c, d] = [map(3, 5), map(3, 5), map(6, 2), map(6, 2)].map(gramMatrix);
    const [first, second] = [styleDistance([a], [b]), styleDistance([c], [d])];
    assertAlmostEquals(styleDistance([a, c], [b, d], [1, 0.5]), first + second / 2, 1e-12);
    assertAlmostEquals(styleDistance([meanGramMatrix([a, b])], [a]), first / 4, 1e-12);
    assertThrows(() => styleDistance([a, c], [b]), RangeError);
    assertThrows(() => styleDistance([a], [c]), RangeError, "unlike layers");
  });

  it("refuses numbers that are no feature map", () => {
    assertThrows(() => gramMatrix({ channels: 3, data: [1, 2, 3, 4] }), RangeError, "3 channels");
  });
});

describe("perceptual distance", () => {
  const a = { channels: 2, data: [1, 0, 0, 1] };

  it("sees where something is, but not how strong", () => {
    const stronger = { channels: 2, data: [4, 0, 0, 4] };
    const swapped = { channels: 2, data: [0, 1, 1, 0] };
    assertAlmostEquals(perceptualDistance([a], [stronger], [[1, 1]]), 0, 1e-9);
    assertAlmostEquals(perceptualDistance([a], [swapped], [[1, 1]]), 2, 1e-9);
    assertAlmostEquals(perceptualDistance([a], [swapped], [[0.5, 0]]), 0.5, 1e-9);
  });

  it("is finite where a pixel has no features, and refuses unlike layers", () => {
    const empty = { channels: 2, data: [0, 0, 0, 0] };
    assertAlmostEquals(perceptualDistance([a], [empty], [[1, 1]]), 1, 1e-9);
    assertThrows(() => perceptualDistance([a], [empty], []), RangeError);
    assertThrows(() => perceptualDistance([a], [{ channels: 2, data: [1, 1] }], [[1, 1]]));
  });
});

describe("diversity, nearest shots and drift", () => {
  const shots = [[1, 0, 0], [0, 1, 0]];

  it("diversity is 0 of copies and 1 of images that have nothing in common", () => {
    assertAlmostEquals(diversity([[1, 2], [2, 4], [3, 6]]), 0, 1e-12);
    assertEquals(diversity([...shots, [0, 0, 1]]), 1);
    assertThrows(() => diversity([[1, 2]]), RangeError);
  });

  it("the nearest shot of an image is found, at a cosine of 1 where it is a copy", () => {
    assertEquals(nearestShots([[0.1, 5, 0], [2, 0, 1]], shots).map(({ shot }) => shot), [1, 0]);
    const cosines = (images: number[][]) => nearestShots(images, shots).map(({ cosine }) => cosine);
    assertEquals(cosines([[0, 3, 0], [7, 0, 0]]), [1, 1]);
    assertEquals(cosines([[0, 0, 1]]), [0]);
    assertThrows(() => nearestShots([[1, 0, 0]], []), RangeError);
  });

  it("drift is 0 of an image that does not move, and 1 of one that has nothing left", () => {
    assertEquals(drift(shots, shots), [0, 0]);
    assertEquals(drift([[0, 1, 0], [0, 1, 0]], shots), [1, 0]);
  });

  it("cosine ignores lengths and knows opposites", () => {
    assertAlmostEquals(cosine([1, 2], [2, 4]), 1, 1e-12);
    assertAlmostEquals(cosine([1, 2], [-3, -6]), -1, 1e-12);
  });
});
