/** What each part of the method is good for: the paper's rows, then finer ones. */
import { shippedStyles } from "specialist/data";
import { transformNames } from "specialist/specialist";
import { comparedMethods, onTestConcepts } from "./comparison.ts";
import { ablationRows } from "./paper/setting.ts";
import { defineSweep, over, variants } from "./sweep/mod.ts";

type TransformName = typeof transformNames[number];

const without = (...left: TransformName[]) => ({
  method: {
    augmentation: { transforms: transformNames.filter((name) => !left.includes(name)) },
  },
});

const rows = variants("variant", {
  ...ablationRows,

  "w/o image transforms": { method: { augmentation: { probability: 0 } } },
  "w/o inversions": without("invert", "solarize"),
  "w/o levels": without("posterize", "autocontrast", "equalize"),
  "w/o sharpness": without("sharpness"),
  "w/o flips": without("horizontalFlip", "verticalFlip"),
  "content loss as released": { method: { contentLoss: { gradient: "reference" } } },
  "none of the parts": {
    method: {
      augmentation: { probability: 0 },
      captions: { retrieval: { enabled: false }, synonyms: { enabled: false } },
      contentLoss: { enabled: false },
      timesteps: { mode: "dense" },
    },
  },
  // Harsher than the released code's own range, [0, 100): here it is [0, number of sampler steps).
  "only the lowest timesteps": { method: { timesteps: { mode: "reference-off" } } },
});

export default defineSweep({
  title: "Ablation",
  base: { ...comparedMethods["Specialist Diffusion"], ...onTestConcepts },
  axes: [rows, over("style", shippedStyles), over("seed", [0, 1, 2])],
  baseline: "base",
  reference: "full method",
  quick: {
    base: { training: { steps: 80 }, evaluation: { concepts: 48 }, sampling: { steps: 15 } },
    axes: [rows, over("style", ["openmoji"]), over("seed", [0])],
  },
});
