/** Dose of the image transforms where there is little to repair: 8 shots and 200 steps. */
import { applyPatch, defineSweep, variants } from "../sweep/mod.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly } from "./setting.ts";
import { doses } from "./transform_dose.ts";

export default defineSweep({
  title: "Dose: image transforms, 8 shots and 200 steps",
  base: applyPatch(onTest, inRegime({ shots: 8, steps: 200, peak: 4e-4 })),
  axes: [variants("probability", doses), doseBlocks],
  baseline: "base model",
  reference: "0",
  quick: { base: quickly, axes: [variants("probability", doses), blocks(["openmoji"], [1])] },
});
