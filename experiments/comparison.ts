/** What the experiments share, so that they share runs too. */
import { emojiParts } from "specialist/presets/mod.ts";
import type { Patch } from "./sweep/mod.ts";

/** What the results are of: concepts that nothing was chosen on. */
export const onTestConcepts = {
  evaluation: { split: "test", concepts: 128, every: 40 },
} satisfies Patch;

/** The methods that are compared, by the names that tables call them. */
export const comparedMethods = {
  "DreamBooth": { method: "dreambooth" },
  "textual inversion": { method: "textual_inversion" },
  "textual inversion + ours": { method: "textual_inversion_specialist", ...emojiParts },
  "LoRA": { method: "lora" },
  "whole U-Net": { method: "full" },
  "Specialist Diffusion": { method: "specialist", ...emojiParts },
} satisfies Record<string, Patch["method"]>;
