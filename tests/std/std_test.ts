import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "./assert.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "./bdd.ts";
import { equal } from "./equal.ts";

describe("equality", () => {
  const cyclic = () => {
    const node: { self?: unknown } = {};
    node.self = node;
    return node;
  };
  const pairs: [string, unknown, unknown, boolean][] = [
    ["numbers by value", 1, 1, true],
    ["0 and -0", 0, -0, true],
    ["NaN and NaN", [NaN], [NaN], true],
    ["a number and its text", 1, "1", false],
    ["nested objects", { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, true],
    ["a missing and an undefined field", { a: undefined }, {}, false],
    ["typed arrays", new Float32Array([1, NaN]), new Float32Array([1, NaN]), true],
    ["typed arrays of two types", new Float32Array([1]), new Float64Array([1]), false],
    ["an array and a typed one", [1], new Float64Array([1]), false],
    ["maps in any order", new Map([[1, {}], [2, {}]]), new Map([[2, {}], [1, {}]]), true],
    ["sets that differ", new Set([1]), new Set([2]), false],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
    ["cycles", cyclic(), cyclic(), true],
  ];
  for (const [what, a, b, expected] of pairs) {
    it(`${expected ? "holds for" : "tells apart"} ${what}`, () => {
      assertStrictEquals(equal(a, b), expected);
      assertStrictEquals(equal(b, a), expected);
    });
  }
});

describe("assertions", () => {
  it("throw where they do not hold", async () => {
    for (
      const wrong of [
        () => assert(0),
        () => assertEquals({ a: 1 }, { a: 2 }),
        () => assertNotEquals([1], [1]),
        () => assertAlmostEquals(1, 1.001),
        () => assertAlmostEquals(NaN, 1, 10),
        () => assertArrayIncludes([1, 2], [3]),
        () => assertThrows(() => {}),
        () => assertThrows(() => fail(), TypeError),
        () => assertThrows(() => fail(), Error, "another text"),
      ]
    ) assertThrows(wrong, Error);
    await assertRejects(() => assertRejects(() => Promise.resolve()));
    await assertRejects(() => assertRejects(() => Promise.reject(new Error("a")), Error, "b"));
  });

  it("show what differs", () => {
    const error = assertThrows(() => assertEquals({ seed: 1 }, { seed: 2 }, "config"), Error);
    for (const part of ["config", "seed: 1", "seed: 2"]) assert(error.message.includes(part));
  });

  function fail() {
    throw new Error("wrong");
  }
});

describe("hooks", () => {
  const log: string[] = [];
  describe("of nested suites", () => {
    beforeAll(() => void log.push("all"));
    beforeEach(() => void log.push("each"));
    afterEach(() => void log.push("after each"));
    afterAll(() => void log.push("after all"));
    it("first", () => void log.push("first"));
    describe("inner", () => {
      beforeEach(() => Promise.resolve().then(() => void log.push("inner each")));
      it("second", () => void log.push("second"));
    });
  });
  it("run around the cases, in order", () => {
    const first = ["all", "each", "first", "after each"];
    const second = ["each", "inner each", "second", "after each", "after all"];
    assertEquals(log, [...first, ...second]);
  });
});
