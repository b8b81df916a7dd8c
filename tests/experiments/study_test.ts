import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { chosenFor } from "experiments/study/chosen.ts";
import gate from "experiments/study/gate.ts";
import gridDose from "experiments/study/grid_dose.ts";
import partsSweep, { cells } from "experiments/study/parts.ts";
import { parts } from "experiments/study/setting.ts";
import transformDose from "experiments/study/transform_dose.ts";
import tuning from "experiments/study/tuning.ts";
import { planSweep } from "experiments/sweep/plan.ts";
import type { Sweep } from "experiments/sweep/mod.ts";
import { loadPlan } from "experiments/sweep/plan.ts";
import type { Summary } from "experiments/tables/mod.ts";
import { factorialEffects } from "specialist/evaluation";
import { UserError } from "specialist/internal/runtime/mod.ts";

const plan = (name: string, { quick: _, ...sweep }: Sweep) =>
  planSweep({ ...sweep, name, file: `experiments/study/${name}.ts` }, "runs");

describe("the study's stages", () => {
  it("have the runs that the protocol says, and a seed of its own for each block", async () => {
    assertEquals((await plan("gate", gate)).runs.length, 48);
    assertEquals((await plan("transform_dose", transformDose)).runs.length, 24);
    assertEquals((await plan("grid_dose", gridDose)).runs.length, 24);
    assertEquals((await plan("tuning", tuning)).runs.length, 120);
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

  it("have quick forms of a few steps that need nothing that another stage finds", async () => {
    const stages = ["gate", "parts", "content_dose", "transform_dose", "transform_dose_early"];
    for (const stage of [...stages, "grid_dose", "tuning", "methods", "few_shots", "ablation"]) {
      const experiment = `experiments/study/${stage}.ts`;
      const { runs } = await loadPlan({ experiment, quick: true, runs: "runs" });
      assert(runs.length >= 2, stage);
      for (const { config } of runs) assertEquals(config.training.steps, 4, stage);
    }
  });

  it("choose a method's settings on the other styles", () => {
    const run = (label: string, style: string, values: number[]) => ({
      label,
      style,
      curves: { truth: values.map((value, i) => ({ step: 100 * i, value })) },
    });
    const summary = {
      runs: [
        run("LoRA · 0.001", "a", [0.9, 0.1, 0.2]),
        run("LoRA · 0.002", "a", [0.9, 0.3, 0.1]),
        run("LoRA · 0.001", "b", [0.9, 0.8, 0.1]),
        run("LoRA + ours · 0.004", "a", [0.9, 0.9, 0.9]),
      ],
    } as unknown as Summary;
    assertEquals(chosenFor(summary, "LoRA", "b"), { peak: 0.002, steps: 100 });
    assertEquals(chosenFor(summary, "LoRA", "a"), { peak: 0.001, steps: 100 });
    assertThrows(() => chosenFor(summary, "DreamBooth", "a"), UserError, "tuning.ts");
  });
});
