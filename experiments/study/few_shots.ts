/** Stage 2, on test concepts: the most different methods with 1, 2, 4 and 8 shots, at their tuned settings. */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { labelSeparator } from "../tables/mod.ts";
import { tuned } from "./chosen.ts";
import { candidates } from "./methods_setting.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly } from "./setting.ts";

const names = ["textual inversion", "LoRA", "whole U-Net", "Specialist Diffusion"];

const label = (name: string, shots: number) =>
  `${name}${labelSeparator}${shots} shot${shots === 1 ? "" : "s"}`;

const rows = [1, 2, 4, 8].flatMap((shots) =>
  names.map((name) => [label(name, shots), tuned(name, shots)] as const)
);

const quickRows = [1, 2].map((shots): [string, Patch] => {
  const { method, rates: [peak] } = candidates["whole U-Net"];
  return [label("whole U-Net", shots), applyPatch({ method }, inRegime({ shots, steps: 4, peak }))];
});

export default defineSweep({
  title: "Stage 2: few shots",
  base: onTest,
  axes: [doseBlocks, variants("method", Object.fromEntries(rows))],
  baseline: "base model",
  quick: {
    base: quickly,
    axes: [blocks(["openmoji"], [1]), variants("method", Object.fromEntries(quickRows))],
  },
});
