/** Every method on every style that the base model has never seen. */
import { shippedStyles } from "specialist/datasets/mod.ts";
import { comparedMethods, onTestConcepts } from "./comparison.ts";
import { defineSweep, over, type Patch, variants } from "./sweep/mod.ts";

/** As `learning_rates.ts` found them on the validation concepts. */
const rates = {
  "DreamBooth": 1e-4,
  "textual inversion": 5e-3,
  "textual inversion + ours": 1e-4,
  "LoRA": 1e-3,
  "whole U-Net": 1e-4,
  "Specialist Diffusion": 1e-4,
} satisfies Record<keyof typeof comparedMethods, number>;

const methods = variants(
  "method",
  Object.fromEntries(
    Object.entries(comparedMethods).map(([name, method]): [string, Patch] => [
      name,
      { method, training: { learningRate: { peak: rates[name as keyof typeof rates] } } },
    ]),
  ),
);

export default defineSweep({
  title: "Methods",
  base: onTestConcepts,
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
