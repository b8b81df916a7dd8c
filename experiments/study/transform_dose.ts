/** Dose of the image transforms: the probability that a shot is transformed, without any other part. */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { regime } from "./parts.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly, withParts } from "./setting.ts";

export const doses = Object.fromEntries(
  [0, 0.2, 0.5, 1].map((probability): [string, Patch] => [
    `${probability}`,
    applyPatch(withParts([]), { method: { augmentation: { probability } } }),
  ]),
);

export default defineSweep({
  title: "Dose: image transforms",
  base: applyPatch(onTest, inRegime(regime)),
  axes: [variants("probability", doses), doseBlocks],
  baseline: "base model",
  reference: "0",
  quick: { base: quickly, axes: [variants("probability", doses), blocks(["openmoji"], [1])] },
});
