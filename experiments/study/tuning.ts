/** Stage 2, first half, on validation concepts: each method at four rates, measured after four numbers of steps. */
import { shippedStyles } from "specialist/data";
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { labelSeparator } from "../tables/mod.ts";
import { candidates, stops } from "./methods_setting.ts";
import { blocks, inRegime, quickForm } from "./setting.ts";

const rows = Object.fromEntries(
  Object.entries(candidates).flatMap(([name, { method, rates }]) =>
    rates.map((peak): [string, Patch] => [
      `${name}${labelSeparator}${peak}`,
      applyPatch({ method }, inRegime({ shots: 8, steps: stops.at(-1)!, peak })),
    ])
  ),
);

export default defineSweep({
  title: "Stage 2: each method's own best settings",
  base: {
    sampling: { precision: "bfloat16" },
    evaluation: { split: "validation", at: stops, curveConcepts: 64 },
  },
  axes: [variants("method", rows), blocks(shippedStyles, [1])],
  baseline: "base model",
  reference: `Specialist Diffusion${labelSeparator}0.0004`,
  quick: {
    axes: [
      variants("method", {
        ...quickRow(`LoRA${labelSeparator}0.001`),
        ...quickRow(`Specialist Diffusion${labelSeparator}0.0004`),
      }),
      blocks(["openmoji"], [1]),
    ],
  },
});

function quickRow(label: string): Record<string, Patch> {
  return { [label]: quickForm(rows[label]) };
}
