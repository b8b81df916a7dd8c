/** Dose of sparse timesteps: grids for 10, 25 and 100 sampler steps against all, without any other part. */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { regime } from "./parts.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly, withParts } from "./setting.ts";

const grids: Record<string, Patch> = {
  "all timesteps": withParts([]),
  ...Object.fromEntries(
    [10, 25, 100].map((samplerSteps) => [
      `grid of ${samplerSteps}`,
      applyPatch(withParts(["sparse timesteps"]), { method: { timesteps: { samplerSteps } } }),
    ]),
  ),
};

export default defineSweep({
  title: "Dose: sparse timesteps",
  base: applyPatch(onTest, inRegime(regime)),
  axes: [variants("timesteps", grids), doseBlocks],
  baseline: "base model",
  reference: "all timesteps",
  quick: { base: quickly, axes: [variants("timesteps", grids), blocks(["openmoji"], [1])] },
});
