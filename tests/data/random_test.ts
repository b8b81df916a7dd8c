import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRandom, createStreams } from "specialist/data";
import { type Words, xoshiro128 } from "specialist/data/random.ts";

const draw = <T>(count: number, next: () => T) => Array.from({ length: count }, next);
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

describe("random", () => {
  it("is xoshiro128**, by its authors' numbers", () => {
    const words: Words = [1, 2, 3, 4];
    assertEquals(draw(4, () => xoshiro128(words)), [11520, 0, 5927040, 70819200]);
  });

  it("gives the same stream for the same seed, another for another", () => {
    const first = draw(5, createRandom(7).next);
    assertEquals(draw(5, createRandom(7).next), first);
    for (const seed of [8, "seven", "", -7]) {
      assert(draw(5, createRandom(seed).next).every((value, i) => value !== first[i]));
    }
  });

  it("forks do not depend on what was drawn, and differ by label", () => {
    const random = createRandom(1);
    const before = random.fork("a").next();
    random.next();
    assertEquals(random.fork("a").next(), before);
    assert(random.fork("b").next() !== before);
    assert(random.fork("a").fork("b").next() !== random.fork("ab").next());
  });

  it("is uniform, normal and unbiased to within sampling error", () => {
    const random = createRandom(3);
    assertAlmostEquals(mean(draw(20_000, random.next)), 0.5, 0.01);
    const normals = draw(20_000, random.normal);
    assertAlmostEquals(mean(normals), 0, 0.03);
    assertAlmostEquals(mean(normals.map((value) => value ** 2)), 1, 0.05);
    const counts = [0, 0, 0];
    for (const value of draw(30_000, () => random.integer(3))) counts[value]++;
    for (const count of counts) assertAlmostEquals(count / 30_000, 1 / 3, 0.01);
  });

  it("shuffles a copy that keeps every element", () => {
    const list = draw(50, () => 0).map((_, i) => i);
    const shuffled = createRandom(1).shuffle(list);
    assertEquals(shuffled.toSorted((a, b) => a - b), list);
    assert(shuffled.some((value, i) => value !== list[i]));
  });

  it("refuses empty choices and ranges", () => {
    const random = createRandom(1);
    assertThrows(() => random.choice([]), RangeError, "not empty");
    for (const n of [0, -1, 1.5, NaN]) assertThrows(() => random.integer(n), RangeError);
  });
});

describe("the streams of a step", () => {
  it("are those of the seed, the purpose and the step, and of nothing else", () => {
    const streams = createStreams("run", 7);
    const drawn = draw(5, streams.at("noise").next);
    // Whatever was drawn before, and from whichever other stream, a purpose begins at its start.
    draw(9, streams.at("captions").next);
    assertEquals(draw(5, streams.at("noise").next), drawn);
    assertEquals(draw(5, createStreams("run", 7).at("noise").next), drawn);
    const others = [
      createStreams("another run", 7).at("noise"),
      createStreams("run", 8).at("noise"),
      streams.at("crops"),
    ];
    for (const other of others) assert(draw(5, other.next).every((x, i) => x !== drawn[i]));
  });

  it("can be those of what lasts longer than a step", () => {
    const epochs = [3, 4].map((step) => createStreams(0, step).at("order", 1).next());
    assertEquals(epochs[0], epochs[1]);
    assert(createStreams(0, 4).at("order", 2).next() !== epochs[1]);
  });
});
