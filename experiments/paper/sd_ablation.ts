/** The rows of the paper's ablation. */
import { applyPatch, defineSweep, over, variants } from "../sweep/mod.ts";
import { ablationRows, setting, specialist, styles } from "./setting.ts";

export default defineSweep({
  title: "Ablation, Stable Diffusion v1.4",
  base: applyPatch(setting, specialist),
  axes: [
    variants("variant", ablationRows),
    styles,
    over("seed", [0]),
  ],
  baseline: "base",
  reference: "full method",
});
