import { emojiParts } from "./adapt/emoji_parts.ts";
import type { Patch } from "./sweep/mod.ts";

/** The methods that are compared, by the names that tables call them. */
export const comparedMethods = {
  "DreamBooth": { method: "dreambooth" },
  "textual inversion": { method: "textual_inversion" },
  "textual inversion + ours": { method: "textual_inversion_specialist", ...emojiParts },
  "LoRA": { method: "lora" },
  "whole U-Net": { method: "full" },
  "Specialist Diffusion": { method: "specialist", ...emojiParts },
} satisfies Record<string, Patch["method"]>;
