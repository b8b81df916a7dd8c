import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mean, standardDeviation } from "simple-statistics";
import { createRandom } from "specialist/data";
import {
  bootstrap,
  holm,
  interquartileMean,
  pairedDifference,
  pairedEffectSize,
  percentileInterval,
  signFlipTest,
  trend,
} from "specialist/evaluation";

const random = createRandom("statistics");

describe("bootstrap", () => {
  const sample = Array.from({ length: 40 }, () => 3 + random.normal());

  it("has the statistic inside its interval, and the same one from the same seed", () => {
    const estimate = bootstrap(sample, mean, createRandom(1));
    assertEquals(estimate.value, mean(sample));
    assert(estimate.low < estimate.value && estimate.value < estimate.high);
    assertEquals(bootstrap(sample, mean, createRandom(1)), estimate);
  });

  it("is as wide as the standard error says", () => {
    const { low, high } = bootstrap(sample, mean, createRandom(2));
    const standardError = standardDeviation(sample) / Math.sqrt(sample.length);
    assertAlmostEquals((high - low) / (2 * 1.96 * standardError), 1, 0.1);
    const narrow = bootstrap(sample, mean, createRandom(2), { level: 0.5 });
    assert(narrow.high - narrow.low < (high - low) / 2);
  });

  it("resamples concepts with all that belongs to them", () => {
    const concepts = sample.map((score) => ({ before: 0, after: score }));
    const gain = bootstrap(
      concepts,
      (drawn) => mean(drawn.map(({ before, after }) => after - before)),
      createRandom(1),
    );
    assertEquals(gain, bootstrap(sample, mean, createRandom(1)));
  });

  it("draws each stratum by itself, so that their difference adds no width", () => {
    const scores = [0, 0, 0, 10, 10, 10];
    const strata = ["flat", "flat", "flat", "fantasy", "fantasy", "fantasy"];
    const { value, low, high } = bootstrap(scores, mean, createRandom(1), { strata });
    assertEquals({ value, low, high }, { value: 5, low: 5, high: 5 });
    assert(bootstrap(scores, mean, createRandom(1)).low < 5);
    assertThrows(() => bootstrap(scores, mean, createRandom(1), { strata: ["flat"] }), RangeError);
  });

  it("of equal scores has no width", () => {
    assertEquals(bootstrap([2, 2, 2], mean, createRandom(1)), { value: 2, low: 2, high: 2 });
  });

  it("interpolates percentiles", () => {
    assertEquals(percentileInterval([4, 0, 3, 1, 2], 0.5), { low: 1, high: 3 });
    const { low, high } = percentileInterval([0, 10], 0.9);
    assertAlmostEquals(low, 0.5, 1e-12);
    assertAlmostEquals(high, 9.5, 1e-12);
    assertThrows(() => percentileInterval([], 0.9), RangeError);
  });
});

describe("paired difference", () => {
  const before = Array.from({ length: 30 }, () => 10 * random.normal());

  it("finds a small gain that prompts' own spread would hide", () => {
    const after = before.map((score) => score + 0.5 + 0.5 * random.normal());
    const { value, low, high, pValue } = pairedDifference(before, after, createRandom(1));
    assert(low > 0 && value > low && high > value);
    assert(pValue < 0.01, `${pValue}`);
  });

  it("changes its sign, and nothing else, with the methods' order", () => {
    const after = before.map((score) => score + random.normal());
    const there = pairedDifference(before, after, createRandom(1));
    const back = pairedDifference(after, before, createRandom(1));
    assertAlmostEquals(back.value, -there.value, 1e-12);
    assertAlmostEquals(back.low, -there.high, 1e-9);
    assertEquals(back.pValue, there.pValue);
  });

  it("calls equal methods equal", () => {
    assertEquals(pairedDifference(before, before, createRandom(1)).pValue, 1);
  });

  it("is seldom deceived: p is uniform where nothing differs", () => {
    const pValues = Array.from({ length: 200 }, (_, seed) => {
      const [a, b] = [0, 0].map(() => Array.from({ length: 12 }, () => random.normal()));
      return pairedDifference(a, b, createRandom(seed), { resamples: 10 }).pValue;
    });
    assertAlmostEquals(mean(pValues), 0.5, 0.08);
    assert(pValues.filter((pValue) => pValue < 0.05).length < 20);
  });

  it("cannot be sure from three concepts", () => {
    assert(pairedDifference([0, 0, 0], [1, 1, 1], createRandom(1)).pValue > 0.2);
  });

  it("refuses scores without partners", () => {
    assertThrows(() => pairedDifference([1, 2], [1], createRandom(1)), RangeError, "no pairs");
    assertThrows(() => pairedDifference([], [], createRandom(1)), RangeError);
  });
});

describe("interquartile mean", () => {
  it("is scipy 1.17's trim_mean(sample, 0.25)", () => {
    const sample = [9.1, 2, 3.5, 100, 4.2, 5, -7, 6.1, 4.4, 3.9];
    assertAlmostEquals(interquartileMean(sample), 4.516666666666667, 1e-12);
    assertEquals(interquartileMean([3, 1, 2]), 2);
  });

  it("does not see how far off the outer quarters are", () => {
    assertEquals(interquartileMean([-1e9, 1, 2, 1e9]), 1.5);
  });

  it("refuses an empty sample", () => {
    assertThrows(() => interquartileMean([]));
  });
});

describe("sign-flip test", () => {
  it("is exact for few differences: scipy 1.17's permutation_test of samples", () => {
    const differences = [0.8, -0.3, 1.9, 0.4, 1.1, -0.2, 0.7, 1.5];
    assertEquals(signFlipTest(differences, createRandom(1)), 10 / 256);
  });

  it("comes near the exact value where signs are drawn", () => {
    // deno-fmt-ignore
    const differences = [
      0.31, -0.12, 0.55, 0.08, -0.4, 0.27, 0.63, -0.05, 0.19, 0.44, -0.22, 0.36, 0.1, 0.02, -0.3,
      0.51, 0.17, 0.29, -0.09, 0.4,
    ];
    // All 2 ** 20 patterns of signs, counted with NumPy.
    const exact = 0.0280303955078125;
    const standardError = Math.sqrt(exact * (1 - exact) / 10_000);
    const drawn = signFlipTest(differences, createRandom(1));
    assertAlmostEquals(drawn, exact, 4 * standardError);
    assertEquals(drawn, signFlipTest(differences, createRandom(1)));
  });

  it("is never zero, and refuses to test nothing", () => {
    assertEquals(signFlipTest(Array(50).fill(1), createRandom(1), 99), 0.01);
    assertThrows(() => signFlipTest([], createRandom(1)), RangeError);
  });
});

describe("Holm's correction", () => {
  it("is R's p.adjust(p, 'holm'), in the order given", () => {
    const adjusted = holm([0.01, 0.02, 0.03, 0.04, 0.05]);
    [0.05, 0.08, 0.09, 0.09, 0.09].forEach((value, i) => assertAlmostEquals(adjusted[i], value));
    assertEquals(holm([0.04, 0.001, 0.03]), [0.06, 0.003, 0.06]);
  });

  it("leaves a single test as it is, and stays below one", () => {
    assertEquals(holm([0.03]), [0.03]);
    assertEquals(holm([0.6, 0.7]), [1, 1]);
    assertEquals(holm([]), []);
  });
});

describe("paired effect size", () => {
  it("is the mean by the sample standard deviation", () => {
    const differences = [0.8, -0.3, 1.9, 0.4, 1.1, -0.2, 0.7, 1.5];
    assertAlmostEquals(pairedEffectSize(differences), 0.9591277309244739, 1e-12);
  });

  it("is 0 where nothing differs", () => {
    assertEquals(pairedEffectSize([0, 0, 0]), 0);
  });

  it("refuses a single pair", () => {
    assertThrows(() => pairedEffectSize([1]));
  });
});

describe("a trend", () => {
  const line = (noise: number) =>
    Array.from(
      { length: 50 },
      (_, i) => ({ x: i / 50, y: 5 - 3 * i / 50 + noise * random.normal() }),
    );

  it("is the slope of points on a line", () => {
    const { value, low, high } = trend(line(0), createRandom(1));
    for (const slope of [value, low, high]) assertAlmostEquals(slope, -3, 1e-9);
  });

  it("is as sure as the standard error says", () => {
    const { value, low, high } = trend(line(1), createRandom(2));
    // σ / √Σ(x − x̄)²
    const standardError = 1 / Math.sqrt(50 / 12);
    assertAlmostEquals((high - low) / (2 * 1.96 * standardError), 1, 0.2);
    assert(Math.abs(value + 3) < 3 * standardError);
  });

  it("is not tilted by a jump", () => {
    const { value, low, high } = trend(
      line(0).map(({ x, y }, i) => ({ x, y: i < 4 ? y - 1 : i > 48 ? y + 5 : y })),
      createRandom(3),
    );
    assertAlmostEquals(value, -3, 1e-9);
    for (const end of [low, high]) assertAlmostEquals(end, -3, 0.1);
  });
});
