import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import gate from "experiments/study/gate.ts";
import partsSweep, { cells } from "experiments/study/parts.ts";
import { parts } from "experiments/study/setting.ts";
import { planSweep } from "experiments/sweep/plan.ts";
import type { Sweep } from "experiments/sweep/mod.ts";
import { factorialEffects } from "specialist/evaluation";

const plan = (name: string, { quick: _, ...sweep }: Sweep) =>
  planSweep({ ...sweep, name, file: `experiments/study/${name}.ts` }, "runs");

describe("the study's stages", () => {
  it("have the runs that the protocol says, and a seed of its own for each block", async () => {
    assertEquals((await plan("gate", gate)).runs.length, 48);
    const { runs } = await plan("parts", partsSweep);
    assertEquals(runs.length, 96);
    const blocks = Map.groupBy(runs, ({ config: { style, shotSet } }) => `${style} ${shotSet}`);
    assertEquals(blocks.size, 12);
    const seeds = [...blocks.values()].map((runs) =>
      new Set(runs.map(({ config }) => config.seed))
    );
    assertEquals(seeds.map(({ size }) => size), seeds.map(() => 1));
    assertEquals(new Set(seeds.flatMap((own) => [...own])).size, 12);
  });

  it("separate the four parts: a part's effect is found whatever two others do together", () => {
    const designs = Object.values(cells).map((chosen) => {
      const level = (part: typeof parts[number]) => chosen.includes(part) ? 1 : -1;
      const levels = Object.fromEntries(parts.map((part) => [part, level(part)])) as Record<
        typeof parts[number],
        1 | -1
      >;
      const { transforms, captions } = levels;
      return { levels, values: [0.05 * transforms + 0.2 * transforms * captions] };
    });
    const effects = factorialEffects(designs);
    for (const part of parts) {
      assertEquals(Math.round(1e6 * effects[part][0]) / 1e6, part === "transforms" ? 0.1 : 0);
    }
  });
});
