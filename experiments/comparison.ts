/** What the experiments share, so that they share runs too. */
import { emojiParts, emojiPreset } from "specialist/specialist";
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
  "DreamBooth": at("dreambooth", { method: "dreambooth" }),
  "textual inversion": at("token", { method: "textual_inversion" }),
  "textual inversion + ours": at("unet", {
    method: "specialist",
    trainable: { token: {}, unet: true },
    ...emojiParts,
  }),
  "LoRA": at("lora", { method: "lora" }),
  "whole U-Net": at("full", { method: "full" }),
  "Specialist Diffusion": at("specialist", { method: "specialist", ...emojiParts }),
};

function at(rate: keyof typeof emojiPreset.learningRates, method: Patch["method"]): Patch {
  return { method, training: { learningRate: { peak: emojiPreset.learningRates[rate] } } };
}
