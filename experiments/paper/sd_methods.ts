/** The methods that people chose between in the paper's user study, and textual inversion with ours. */
import { applyPatch, defineSweep, over, variants } from "../sweep/mod.ts";
import { setting, specialist, styles } from "./setting.ts";

export default defineSweep({
  title: "Methods, Stable Diffusion v1.4",
  base: setting,
  axes: [
    variants("method", {
      "DreamBooth": { method: { method: "dreambooth", priorWeight: 1 } },
      "textual inversion": {
        method: { method: "textual_inversion" },
        training: { learningRate: { peak: 5e-3 } },
      },
      "textual inversion + ours": applyPatch(specialist, {
        method: { trainable: { token: {}, unet: true } },
      }),
      "Specialist Diffusion": specialist,
    }),
    styles,
    over("seed", [0]),
  ],
  baseline: "base model",
  reference: "Specialist Diffusion",
});
