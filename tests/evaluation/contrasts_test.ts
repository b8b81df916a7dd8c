import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type Contrast,
  type ContrastBlock,
  type ContrastEstimate,
  detectableEffect,
  equivalenceTest,
  estimateContrast,
  estimateOverBlocks,
  type FactorialCell,
  factorialEffects,
  judgeContrasts,
} from "specialist/evaluation";

const blocks: ContrastBlock[] = [
  { style: "noto", values: [0.02, 0.05, -0.01, 0.04] },
  { style: "noto", values: [0.03, 0.06, 0.01, 0.02] },
  { style: "noto", values: [-0.02, 0.03, 0, 0.01] },
  { style: "fluent", values: [0.05, 0.04, 0.02, 0.07] },
  { style: "fluent", values: [0.01, 0.05, -0.02, 0.03] },
];

const shifted = (blocks: readonly ContrastBlock[], by: (block: ContrastBlock) => number) =>
  blocks.map((block) => ({ ...block, values: block.values.map((value) => value + by(block)) }));

describe("the estimate of a contrast", () => {
  it("is that of least squares: nested models in NumPy, quantiles of SciPy 1.17", () => {
    const estimate = estimateContrast(blocks);
    assertAlmostEquals(estimate.value, 0.0245, 1e-12);
    assertAlmostEquals(estimate.standardError, 0.011688471686682154, 1e-12);
    assertAlmostEquals(estimate.degreesOfFreedom, 4.546093110687967, 1e-9);
    assertAlmostEquals(estimate.low, -0.006471315861012104, 1e-8);
    assertAlmostEquals(estimate.high, 0.0554713158610121, 1e-8);
    assertAlmostEquals(estimate.pValue, 0.0957637249647811, 1e-8);
    assertAlmostEquals(estimate.detectable, 0.04181825423691738, 1e-8);
    assertAlmostEquals(equivalenceTest(estimate, 0.06), 0.016304882133928705, 1e-8);
    assertEquals([estimate.blocks, estimate.concepts], [5, 4]);
  });

  it("separates what blocks, concepts and the rest add", () => {
    const byBlock = [0, 1, 2].map((value) => ({ style: "a", values: [value, value, value] }));
    const { spread } = estimateContrast(byBlock);
    assertAlmostEquals(spread.block, 1, 1e-12);
    assertAlmostEquals(spread.concept, 0, 1e-12);
    const byConcept = [0, 1, 2].map(() => ({ style: "a", values: [0, 1, 2] }));
    assertAlmostEquals(estimateContrast(byConcept).spread.concept, 1, 1e-12);
  });

  it("of blocks that agree is the interval over concepts, and the other way round", () => {
    // ± t(0.975, 2) / √3
    const same = [0, 1, 2].map(() => ({ style: "a", values: [0, 1, 2] }));
    const turned = [0, 1, 2].map((value) => ({ style: "a", values: [value, value, value] }));
    for (const estimate of [estimateContrast(same), estimateContrast(turned)]) {
      assertAlmostEquals(estimate.degreesOfFreedom, 2, 1e-9);
      assertAlmostEquals(estimate.high - 1, 4.302652729911275 / Math.sqrt(3), 1e-7);
    }
  });

  it("does not widen by what styles differ in, for they are fixed", () => {
    const apart = estimateContrast(shifted(blocks, ({ style }) => style === "noto" ? 2 : -3));
    const { standardError, degreesOfFreedom } = estimateContrast(blocks);
    assertAlmostEquals(apart.standardError, standardError, 1e-12);
    assertAlmostEquals(apart.degreesOfFreedom, degreesOfFreedom, 1e-9);
    assertAlmostEquals(apart.value, 0.0245, 1e-12);
  });

  it("follows the unit: a hundredfold score has a hundredfold interval", () => {
    const scaled = blocks.map(({ style, values }) => ({
      style,
      values: values.map((v) => 100 * v),
    }));
    const [estimate, hundredfold] = [estimateContrast(blocks), estimateContrast(scaled)];
    for (const key of ["value", "low", "high", "standardError", "detectable"] as const) {
      assertAlmostEquals(hundredfold[key], 100 * estimate[key], 1e-9);
    }
    assertAlmostEquals(hundredfold.pValue, estimate.pValue, 1e-9);
  });

  it("without any spread is a point, and no difference where there is none", () => {
    const equal = (value: number) => [0, 1, 2].map(() => ({ style: "a", values: [value, value] }));
    const nothing = estimateContrast(equal(0));
    assertEquals([nothing.low, nothing.high, nothing.pValue], [0, 0, 1]);
    assertEquals(nothing.detectable, 0);
    assertEquals(equivalenceTest(nothing, 0.01), 0);
    assertEquals(estimateContrast(equal(0.5)).pValue, 0);
    assertEquals(equivalenceTest(estimateContrast(equal(0.5)), 0.01), 1);
  });

  it("needs two more blocks than styles, two concepts, and every value", () => {
    assertThrows(() => estimateContrast([]), RangeError, "too few");
    assertThrows(() => estimateContrast(blocks.slice(0, 2)), RangeError, "too few");
    assertThrows(() => estimateContrast(blocks.slice(2)), RangeError, "too few");
    const one = blocks.map(({ style }) => ({ style, values: [1] }));
    assertThrows(() => estimateContrast(one), RangeError, "too few");
    const short = { style: "noto", values: [0, 1, 2] };
    assertThrows(() => estimateContrast([...blocks, short]), RangeError, "differ");
    const missing = { style: "noto", values: [0, 1, 2, NaN] };
    assertThrows(() => estimateContrast([...blocks, missing]), RangeError, "not finite");
  });
});

describe("a contrast with one value in each block", () => {
  const values = [1, 2, 3, 7, 9].map((value, i) => ({ style: i < 3 ? "noto" : "fluent", value }));

  it("has Student's interval over blocks within styles", () => {
    const { value, low, high, degreesOfFreedom, spread, ...rest } = estimateOverBlocks(values);
    assertAlmostEquals(value, 4.4, 1e-12);
    assertEquals([degreesOfFreedom, rest.blocks, rest.concepts], [3, 5, 0]);
    // Squares within styles: 2 + 2, of 3 degrees of freedom; t(0.975, 3) = 3.182446.
    assertAlmostEquals(spread.block, Math.sqrt(4 / 3), 1e-12);
    assertAlmostEquals(high - value, 3.182446305284263 * Math.sqrt(4 / 3 / 5), 1e-7);
    assertAlmostEquals(high - value, value - low, 1e-12);
  });

  it("is that of many concepts where these have nothing of their own", () => {
    const { low, high, pValue, detectable } = estimateContrast(
      values.map(({ style, value }) => ({ style, values: Array(50).fill(value) })),
    );
    const alone = estimateOverBlocks(values);
    assertAlmostEquals(alone.low, low, 1e-6);
    assertAlmostEquals(alone.high, high, 1e-6);
    assertAlmostEquals(alone.pValue, pValue, 1e-6);
    assertAlmostEquals(alone.detectable, detectable, 1e-6);
  });

  it("needs two more blocks than styles, and every value", () => {
    assertThrows(() => estimateOverBlocks(values.slice(0, 2)), RangeError, "too few");
    const missing = [...values, { style: "noto", value: NaN }];
    assertThrows(() => estimateOverBlocks(missing), RangeError, "not finite");
  });
});

describe("factorial effects", () => {
  type Part = "transforms" | "captions" | "content loss" | "sparse";
  /** The half of 2⁴ in which the last part is on where an even number of the others is off. */
  const half = [1, -1].flatMap((a) =>
    [1, -1].flatMap((b) => [1, -1].map((c) => [a, b, c, a * b * c] as (1 | -1)[]))
  );
  const cell = ([a, b, c, d]: (1 | -1)[], values: number[]): FactorialCell<Part> => ({
    levels: { transforms: a, captions: b, "content loss": c, sparse: d },
    values,
  });

  it("are on minus off, of each part and concept, whatever two parts do together", () => {
    const effects = factorialEffects(half.map((levels) => {
      const [a, b, c, d] = levels;
      return cell(levels, [7 + 3 * a - b + 5 * a * b - 2 * c * d, 0.5 * d + b * c]);
    }));
    assertEquals(effects, {
      transforms: [6, 0],
      captions: [-2, 0],
      "content loss": [0, 0],
      sparse: [0, 1],
    });
  });

  it("of one part are the plain difference", () => {
    const cells = [{ levels: { captions: 1 }, values: [5, 1] }, {
      levels: { captions: -1 },
      values: [3, 2],
    }] as const;
    assertEquals(factorialEffects(cells), { captions: [2, -1] });
  });

  it("reject cells that confuse parts, or a part with what two others do together", () => {
    const cells = half.map((levels) => cell(levels, [0]));
    assertThrows(() => factorialEffects(cells.slice(1)), RangeError, "do not separate");
    const third = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].map(([a, b, c]) => ({
      levels: { a, b, c } as Record<"a" | "b" | "c", 1 | -1>,
      values: [0],
    }));
    assertThrows(() => factorialEffects(third), RangeError, "a, b, c");
  });

  it("reject cells that have not the same concepts", () => {
    const cells = half.map((levels, i) => cell(levels, i === 3 ? [0] : [0, 1]));
    assertThrows(() => factorialEffects(cells), RangeError, "concepts");
  });
});

describe("the detectable effect", () => {
  it("is 2.8 standard errors with many runs, and more with few", () => {
    const of = (degreesOfFreedom: number) =>
      detectableEffect({ standardError: 1, degreesOfFreedom });
    assertAlmostEquals(of(100_000), 1.959964 + 0.841621, 1e-4);
    // The quantiles of SciPy 1.17; with the noncentral t distribution it would be 4.256.
    assertAlmostEquals(of(3), 4.160918617647012, 1e-6);
  });
});

describe("verdicts", () => {
  const contrast = (
    name: string,
    [value, standardError]: [number, number],
    { registered = true, margin = 0.01, better = "higher" as "higher" | "lower" } = {},
  ): Contrast => {
    const estimate = estimateContrast([-1, 0, 1].map((shift) => ({
      style: "a",
      values: [-1, 0, 1].map((other) => value + standardError * (shift + other)),
    })));
    return { name, better, margin, registered, estimate };
  };
  const verdictsOf = (contrasts: Contrast[]) => judgeContrasts(contrasts).map((row) => row.verdict);

  it("say which way a clear difference goes", () => {
    assertEquals(
      verdictsOf([
        contrast("gain", [0.1, 0.005]),
        contrast("loss", [-0.1, 0.005]),
        contrast("less of a distance", [-0.1, 0.005], { better: "lower" }),
      ]),
      ["better", "worse", "better"],
    );
  });

  it("tell no effect from no answer", () => {
    assertEquals(
      verdictsOf([contrast("precise", [0.001, 0.001]), contrast("vague", [0.001, 0.1])]),
      ["equivalent", "undecided"],
    );
  });

  it("call a real but negligible difference equivalent", () => {
    const [row] = judgeContrasts([contrast("small", [0.004, 0.0005])]);
    assert(row.adjustedPValue! < 0.05);
    assertEquals(row.verdict, "equivalent");
  });

  it("correct registered contrasts for one another, and no others", () => {
    // p of each is between 0.05 / 2 and 0.05.
    const [a, b] = ["a", "b"].map((name) => contrast(name, [0.1, 0.036]));
    assert(a.estimate.pValue > 0.025 && a.estimate.pValue < 0.05, `${a.estimate.pValue}`);
    const exploratory = { ...a, name: "c", registered: false };
    const rows = judgeContrasts([a, exploratory, { ...b, estimate: vague(b.estimate) }]);
    assertEquals(rows.map(({ verdict }) => verdict), ["undecided", "better", "undecided"]);
    assertAlmostEquals(rows[0].adjustedPValue!, 2 * a.estimate.pValue, 1e-12);
    assertEquals(rows[1].adjustedPValue, undefined);
    assertEquals(verdictsOf([a, exploratory]), ["better", "better"]);
  });

  it("are never equivalent without a margin", () => {
    const [row] = judgeContrasts([{ ...contrast("a", [0, 1e-6]), margin: undefined }]);
    assertEquals([row.verdict, row.equivalencePValue], ["undecided", undefined]);
  });
});

function vague(estimate: ContrastEstimate): ContrastEstimate {
  return { ...estimate, pValue: 0.6, standardError: 1 };
}
