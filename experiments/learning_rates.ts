/**
 * Which learning rate suits each method: chosen on the validation concepts, in the style that is
 * nearest to the base's own and in the one that is farthest, by likeness to the true drawings.
 */
import { comparedMethods } from "./comparison.ts";
import { defineSweep, over, type Patch, variants } from "./sweep/mod.ts";
import { labelSeparator } from "./tables/mod.ts";

const rates = {
  "DreamBooth": [5e-5, 1e-4, 2e-4, 4e-4, 8e-4, 1.6e-3, 3.2e-3],
  "textual inversion": [2.5e-3, 5e-3, 1e-2, 2e-2],
  "textual inversion + ours": [5e-5, 1e-4, 2e-4, 4e-4, 8e-4],
  "LoRA": [5e-4, 1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2],
  "whole U-Net": [2.5e-5, 5e-5, 1e-4, 2e-4, 4e-4, 8e-4, 1.6e-3],
  "Specialist Diffusion": [5e-5, 1e-4, 2e-4, 4e-4, 8e-4],
} satisfies Record<keyof typeof comparedMethods, number[]>;

const candidates = Object.entries(comparedMethods).flatMap(([name, { method }]) =>
  rates[name as keyof typeof rates].map((peak): [string, Patch] => [
    `${name}${labelSeparator}${peak}`,
    { method, training: { learningRate: { peak } } },
  ])
);

export default defineSweep({
  title: "Learning rates",
  base: { evaluation: { split: "validation", concepts: 64, every: 200 } },
  axes: [
    variants("method", Object.fromEntries(candidates)),
    over("style", ["fluent-emoji-flat", "fluent-emoji-high-contrast"]),
    over("seed", [0]),
  ],
  baseline: "base model",
  reference: `Specialist Diffusion${labelSeparator}0.0004`,
  quick: {
    base: { training: { steps: 60 }, evaluation: { concepts: 32 }, sampling: { steps: 15 } },
  },
});
