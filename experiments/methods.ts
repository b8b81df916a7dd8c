/** Every method on every style that the base model has never seen. */
import { shippedStyles } from "specialist/datasets/mod.ts";
import { emojiParts } from "./adapt/emoji_parts.ts";
import { defineSweep, over, variants } from "./sweep/mod.ts";

const methods = variants("method", {
  "DreamBooth": { method: { method: "dreambooth" } },
  "textual inversion": {
    method: { method: "textual_inversion" },
    // One row of a table learns: the rate that the method's authors use.
    training: { learningRate: { peak: 5e-3 } },
  },
  "textual inversion + ours": { method: { method: "textual_inversion_specialist", ...emojiParts } },
  "LoRA": { method: { method: "lora" }, training: { learningRate: { peak: 1e-3 } } },
  "whole U-Net": { method: { method: "full" } },
  "Specialist Diffusion": { method: { method: "specialist", ...emojiParts } },
});

export default defineSweep({
  title: "Methods",
  base: { evaluation: { split: "test", concepts: 128, every: 25 } },
  axes: [methods, over("style", shippedStyles), over("seed", [0, 1, 2])],
  baseline: "base model",
  reference: "Specialist Diffusion",
  quick: {
    base: {
      training: { steps: 80 },
      evaluation: { concepts: 48, every: 20 },
      sampling: { steps: 15 },
    },
    axes: [methods, over("style", ["openmoji"]), over("seed", [0])],
  },
});
