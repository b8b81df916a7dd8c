/** Stage 2, on test concepts: every method with 8 shots, at the settings that `tuning.ts` found in other styles. */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { tuned } from "./chosen.ts";
import { candidates } from "./methods_setting.ts";
import { allBlocks, blocks, inRegime, onTest, quickly } from "./setting.ts";

const names = Object.keys(candidates);

/** At the lowest rate, since the quick form needs no tuning. */
const quickRows = Object.fromEntries(
  Object.entries(candidates).map(([name, { method, rates: [peak] }]): [string, Patch] => [
    name,
    applyPatch({ method }, inRegime({ shots: 8, steps: 4, peak })),
  ]),
);

export default defineSweep({
  title: "Stage 2: methods",
  base: onTest,
  axes: [
    allBlocks,
    variants("method", Object.fromEntries(names.map((name) => [name, tuned(name, 8)]))),
  ],
  baseline: "base model",
  reference: "Specialist Diffusion",
  quick: {
    base: quickly,
    axes: [blocks(["openmoji"], [1]), variants("method", quickRows)],
  },
});
