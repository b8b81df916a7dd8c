/** What the experiments share, so that they share runs too. */
import { emojiParts } from "specialist/presets/mod.ts";
import type { Patch } from "./sweep/mod.ts";

/** What the results are of: concepts that nothing was chosen on. */
export const onTestConcepts = {
  evaluation: { split: "test", concepts: 128, every: 40 },
} satisfies Patch;

/**
 * The methods that are compared, by the names that tables call them, each at the learning rate that
 * `learning_rates.ts` found on the validation concepts.
 */
export const comparedMethods = {
  "DreamBooth": at(1.6e-3, { method: "dreambooth" }),
  "textual inversion": at(1e-2, { method: "textual_inversion" }),
  "textual inversion + ours": at(4e-4, { method: "textual_inversion_specialist", ...emojiParts }),
  "LoRA": at(8e-3, { method: "lora" }),
  "whole U-Net": at(8e-4, { method: "full" }),
  "Specialist Diffusion": at(4e-4, { method: "specialist", ...emojiParts }),
};

function at(peak: number, method: Patch["method"]): Patch {
  return { method, training: { learningRate: { peak } } };
}
