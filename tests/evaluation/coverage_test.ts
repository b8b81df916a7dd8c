/** Whether intervals and tests keep what they promise, in simulated studies whose truth is known. */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mean } from "simple-statistics";
import { createRandom, type Random } from "specialist/data";
import {
  bootstrap,
  type ContrastBlock,
  type ContrastSpread,
  equivalenceTest,
  estimateContrast,
  estimateOverBlocks,
  interquartileMean,
  type Interval,
  judgeContrasts,
  pairedDifference,
} from "specialist/evaluation";

/** How often `holds` is true, in percent, in `count` simulated studies. */
function percentOf(count: number, name: string, holds: (random: Random) => boolean): number {
  const random = createRandom(name);
  let found = 0;
  for (let i = 0; i < count; i++) if (holds(random)) found++;
  return 100 * found / count;
}

function within(percent: number, low: number, high: number): void {
  assert(percent >= low && percent <= high, `${percent} % is not ${low} to ${high} %`);
}

const covers = ({ low, high }: Interval, truth: number) => low <= truth && truth <= high;

const normals = (count: number, spread: number, random: Random) =>
  Array.from({ length: count }, () => spread * random.normal());

type Design = { styles: number; blocksPerStyle: number; concepts: number };

/** A contrast whose mean over these styles is `effect`. Styles differ in it, and in their concepts. */
function simulate(
  { styles, blocksPerStyle, concepts }: Design,
  { block, concept, rest }: ContrastSpread,
  random: Random,
  effect = 0,
): ContrastBlock[] {
  const byConcept = normals(concepts, concept, random);
  return Array.from({ length: styles }, (_, style) => {
    const shift = effect + 0.05 * (style - (styles - 1) / 2);
    const inStyle = byConcept.map((value) => value + 0.5 * concept * random.normal());
    return Array.from({ length: blocksPerStyle }, () => {
      const ofBlock = shift + block * random.normal();
      return {
        style: `${style}`,
        values: inStyle.map((value) => ofBlock + value + rest * random.normal()),
      };
    });
  }).flat();
}

const study: Design = { styles: 3, blocksPerStyle: 4, concepts: 128 };
const small: Design = { styles: 3, blocksPerStyle: 2, concepts: 64 };
const oneStyle: Design = { styles: 1, blocksPerStyle: 4, concepts: 128 };
const designs = { study, small, oneStyle };

const spreads: Record<string, ContrastSpread> = {
  "all three": { block: 0.01, concept: 0.02, rest: 0.1 },
  "large ones": { block: 0.03, concept: 0.05, rest: 0.15 },
  "blocks above all": { block: 0.03, concept: 0, rest: 0.1 },
  "concepts above all": { block: 0, concept: 0.05, rest: 0.05 },
};

/** The interval covers the truth in 95 %; the standard error of 2,000 simulations is 0.5 points. */
describe("the interval of a contrast covers other blocks and concepts in 93 to 97 %", () => {
  for (const [design, sizes] of Object.entries(designs)) {
    for (const [name, spread] of Object.entries(spreads)) {
      it(`${design}, ${name}`, () => {
        const percent = percentOf(
          2000,
          `${design} ${name}`,
          (random) => covers(estimateContrast(simulate(sizes, spread, random)), 0),
        );
        within(percent, 93, 97);
      });
    }
  }

  it("and a little more where blocks and concepts add nothing: components are not negative", () => {
    const none = { block: 0, concept: 0, rest: 0.1 };
    const percent = percentOf(
      2000,
      "none",
      (random) => covers(estimateContrast(simulate(study, none, random)), 0),
    );
    within(percent, 94, 98.5);
  });

  it("also where blocks have one value each", () => {
    for (const { styles, blocksPerStyle } of Object.values(designs)) {
      const design = { styles, blocksPerStyle, concepts: 1 };
      const percent = percentOf(2000, `one value ${styles} ${blocksPerStyle}`, (random) => {
        const blocks = simulate(design, { block: 0.02, concept: 0, rest: 0 }, random);
        return covers(
          estimateOverBlocks(blocks.map(({ style, values: [value] }) => ({ style, value }))),
          0,
        );
      });
      within(percent, 93, 97);
    }
  });

  it("also where concepts' effects are skewed", () => {
    const percent = percentOf(2000, "skewed", (random) => {
      const skewed = Array.from({ length: 128 }, () => -0.03 * (1 + Math.log(1 - random.next())));
      const blocks = simulate(study, { block: 0.01, concept: 0, rest: 0.1 }, random);
      return covers(
        estimateContrast(blocks.map(({ style, values }) => ({
          style,
          values: values.map((value, i) => value + skewed[i]),
        }))),
        0,
      );
    });
    within(percent, 93, 97);
  });
});

describe("tests of a contrast", () => {
  const spread = { block: 0.005, concept: 0.02, rest: 0.1 };
  const estimate = (random: Random, effect = 0) =>
    estimateContrast(simulate(study, spread, random, effect));

  it("find the detectable effect in 80 %", () => {
    const random = createRandom("detectable");
    const effect = mean(Array.from({ length: 200 }, () => estimate(random).detectable));
    const percent = percentOf(1000, "power", (random) => {
      const { pValue, value } = estimate(random, effect);
      return pValue < 0.05 && value > 0;
    });
    within(percent, 76, 84);
  });

  it("call a difference at the margin equivalent in 5 %", () => {
    for (const effect of [0.01, -0.01]) {
      const percent = percentOf(
        1500,
        `at ${effect}`,
        (random) => equivalenceTest(estimate(random, effect), 0.01) < 0.05,
      );
      within(percent, 2, 6.5);
    }
  });

  it("call no difference equivalent where the study is precise, and seldom where it is not", () => {
    const equivalent = (block: number) =>
      percentOf(500, `no difference, blocks ${block}`, (random) => {
        const blocks = simulate(study, { ...spread, block }, random);
        return equivalenceTest(estimateContrast(blocks), 0.01) < 0.05;
      });
    within(equivalent(0.002), 75, 100);
    within(equivalent(0.02), 0, 10);
  });

  it("find one of eight effects that are not there in 5 % of studies, after Holm", () => {
    const design = { ...study, concepts: 32 };
    let uncorrected = 0;
    const percent = percentOf(1000, "family", (random) => {
      const contrasts = Array.from({ length: 8 }, (_, i) => ({
        name: `${i}`,
        better: "higher" as const,
        registered: true,
        estimate: estimateContrast(simulate(design, spreads["all three"], random)),
      }));
      if (contrasts.some(({ estimate }) => estimate.pValue < 0.05)) uncorrected++;
      return judgeContrasts(contrasts).some(({ verdict }) => verdict !== "undecided");
    });
    within(percent, 2, 6.5);
    within(100 * uncorrected / 1000, 20, 40);
  });
});

/** Fewer resamples than are usual, for they cost most of the time. */
const resamples = 400;

describe("the bootstrap interval of one run covers other concepts in 93 to 97 %", () => {
  /** What the concepts of one run share moves all of them. */
  const drawn = (concepts: number, run: number, random: Random) =>
    normals(concepts, 0.12, random).map((value) => value + run);

  for (const [concepts, count] of [[16, 2000], [128, 400]]) {
    it(`${concepts} concepts`, () => {
      const percent = percentOf(count, `${concepts} concepts`, (random) => {
        const run = 0.03 * random.normal();
        return covers(bootstrap(drawn(concepts, run, random), mean, random, { resamples }), run);
      });
      within(percent, 93, 97);
    });
  }

  it("but not other runs", () => {
    const percent = percentOf(200, "other runs", (random) => {
      const run = 0.03 * random.normal();
      return covers(bootstrap(drawn(128, run, random), mean, random, { resamples }), 0);
    });
    within(percent, 0, 70);
  });

  it("the paired difference of two methods", () => {
    const percent = percentOf(1500, "paired", (random) => {
      const before = normals(12, 0.12, random);
      const after = before.map((value) => value + 0.03 + 0.1 * random.normal());
      return covers(pairedDifference(before, after, random, { resamples }), 0.03);
    });
    within(percent, 93, 97);
  });

  it("an interquartile mean of styles, with as few observations as have an interval in tables", () => {
    const strata = Array.from({ length: 24 }, (_, i) => `${i % 3}`);
    const percent = percentOf(800, "interquartile", (random) => {
      const values = strata.map((style) => 0.1 * Number(style) + 0.12 * random.normal());
      return covers(bootstrap(values, interquartileMean, random, { resamples, strata }), 0.1);
    });
    within(percent, 93, 97);
  });
});
