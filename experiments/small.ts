/** A sweep for a first look, of a few minutes: the method, and without two of its parts. */
import { emojiParts } from "specialist/specialist";
import { defineSweep, over, variants } from "./sweep/mod.ts";

const withoutAugmentation = {
  method: {
    augmentation: { probability: 0 },
    captions: { retrieval: { enabled: false }, synonyms: { enabled: false } },
  },
};

const rows = variants("variant", {
  "full method": {},
  "w/o augmentation": withoutAugmentation,
  "w/o content loss": { method: { contentLoss: { enabled: false } } },
});

const cells = [over("style", ["fluent-emoji-high-contrast"]), over("seed", [0])];

export default defineSweep({
  title: "A small ablation",
  base: {
    preset: "emoji",
    method: { method: "specialist", ...emojiParts },
    training: { steps: 40, learningRate: { peak: 1e-4 } },
    sampling: { steps: 10 },
    evaluation: { split: "validation", concepts: 24, every: 20, curveConcepts: 8 },
  },
  axes: [rows, ...cells],
  baseline: "base model",
  reference: "full method",
  quick: {
    base: {
      // Both rows without it: tracing its step would take longer than all else.
      method: { contentLoss: { enabled: false } },
      training: { steps: 2 },
      sampling: { steps: 2 },
      evaluation: { concepts: 8, every: 1, curveConcepts: 2 },
    },
    axes: [
      variants("variant", { "full method": {}, "w/o augmentation": withoutAugmentation }),
      ...cells,
    ],
  },
});
