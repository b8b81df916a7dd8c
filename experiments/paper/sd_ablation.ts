/** The rows of the paper's ablation. */
import { applyPatch, defineSweep, over, variants } from "../sweep/mod.ts";
import { setting, specialist, styles } from "./setting.ts";

export default defineSweep({
  title: "Ablation, Stable Diffusion v1.4",
  base: applyPatch(setting, specialist),
  axes: [
    variants("variant", {
      "full method": {},
      "w/o retrieval": { method: { captions: { retrieval: { enabled: false } } } },
      "w/o synonym + retrieval": {
        method: { captions: { retrieval: { enabled: false }, synonyms: { enabled: false } } },
      },
      "w/o content loss": { method: { contentLoss: { enabled: false } } },
      "w/o sparse updating": { method: { timesteps: { mode: "dense" } } },
    }),
    styles,
    over("seed", [0]),
  ],
  baseline: "base",
  reference: "full method",
});
