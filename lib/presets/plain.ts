import { captionTemplates } from "../specialist/mod.ts";

/** The method with all of its parts off: what each of them is added to. */
export const plainParts = {
  augmentation: { probability: 0 },
  captions: {
    retrieval: { enabled: false },
    synonyms: { enabled: false },
    templates: [captionTemplates[1]],
  },
  contentLoss: { enabled: false },
  timesteps: { mode: "dense" as const },
};
