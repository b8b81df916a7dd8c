/** The methods that Stage 2 compares, and the learning rates that each is tried with. */
import { emojiParts, studyPreset } from "specialist/specialist";
import type { Patch } from "../sweep/mod.ts";

/** Every method gets the same number of trials. */
type Candidate = {
  method: Patch["method"];
  rates: readonly [number, number, number, number];
};

const ofUnet = [1e-4, 2e-4, 4e-4, 8e-4] as const;
const ofAdapters = [1e-3, 2e-3, 4e-3, 8e-3] as const;
const ofToken = [2.5e-3, 5e-3, 1e-2, 2e-2] as const;

/** By the names that tables call them. */
export const candidates: Record<string, Candidate> = {
  "DreamBooth": { method: { method: "dreambooth" }, rates: ofUnet },
  "DreamBooth, style's words": {
    method: { method: "dreambooth", identifier: false },
    rates: ofUnet,
  },
  "textual inversion": { method: { method: "textual_inversion" }, rates: ofToken },
  "textual inversion, 4 vectors": {
    method: { method: "textual_inversion", vectors: 4 },
    rates: ofToken,
  },
  "textual inversion + U-Net": {
    method: { method: "textual_inversion", unet: true },
    rates: ofUnet,
  },
  "textual inversion + ours": {
    method: { method: "specialist", trainable: { token: {}, unet: true }, ...emojiParts },
    rates: ofUnet,
  },
  "LoRA": { method: { method: "lora", ...studyPreset.lora }, rates: ofAdapters },
  "LoRA + ours": {
    method: {
      method: "specialist",
      trainable: { lora: studyPreset.lora },
      ...emojiParts,
    },
    rates: ofAdapters,
  },
  "whole U-Net": { method: { method: "full" }, rates: ofUnet },
  "Specialist Diffusion": { method: { method: "specialist", ...emojiParts }, rates: ofUnet },
};

/** Steps after which a method may be stopped. */
export const stops = [50, 100, 200, 400];
