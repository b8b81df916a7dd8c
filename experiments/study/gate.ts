/** Stage 0, on validation concepts: is there a regime in which plain fine-tuning overfits? */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { blocks, inRegime, parts, quickForm, withParts } from "./setting.ts";

/** The steps after which everything is measured. */
export const measuredAt = [40, 200, 1000, 2000];

const methods = { "full method": withParts(parts), "none of the parts": withParts([]) };

const regimes = Object.fromEntries(
  Object.entries(methods).flatMap(([name, method]) =>
    [1, 2, 8].flatMap((shots) =>
      [1e-4, 4e-4].map((peak): [string, Patch] => [
        `${name} · ${shots} shot${shots === 1 ? "" : "s"} · ${peak}`,
        applyPatch(method, inRegime({ shots, peak, steps: 2000 })),
      ])
    )
  ),
);

const reference = "none of the parts · 8 shots · 0.0001";

export default defineSweep({
  title: "Stage 0: a regime with something to repair",
  base: {
    sampling: { precision: "bfloat16" },
    evaluation: { split: "validation", at: measuredAt, curveConcepts: 64 },
  },
  axes: [variants("regime", regimes), blocks(["fluent-emoji-flat", "openmoji"], [1, 2])],
  baseline: "base model",
  reference,
  quick: {
    axes: [
      variants("regime", {
        "full method · 8 shots · 0.0001": quickForm(regimes["full method · 8 shots · 0.0001"]),
        [reference]: quickForm(regimes[reference]),
      }),
      blocks(["openmoji"], [1]),
    ],
  },
});
