/** The paper's ablation on test concepts: rows that leave out one part after the other. Exploratory. */
import { emojiParts } from "specialist/specialist";
import { ablationRows } from "../paper/setting.ts";
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import { regime } from "./parts.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly } from "./setting.ts";

const method: Patch = { method: { method: "specialist", ...emojiParts } };
const rows = variants("variant", ablationRows);

export default defineSweep({
  title: "The paper's ablation",
  base: applyPatch(applyPatch(onTest, method), inRegime(regime)),
  axes: [rows, doseBlocks],
  baseline: "base model",
  reference: "full method",
  quick: { base: quickly, axes: [rows, blocks(["openmoji"], [1])] },
});
