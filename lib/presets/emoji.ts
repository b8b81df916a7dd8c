/** Settings for emoji and the shipped base model, where they differ from the paper's for photographs. */

/** The method's parts. */
export const emojiParts = {
  // A transformed emoji is soon no emoji of the style: chosen on the validation splits.
  augmentation: { probability: 0.2 },
  // Emoji are all alike to a CLIP that knows nothing else. Even here "an elevator" is retrieved for an
  // elephant, and most other captions are the shot's own with one more word.
  captions: { retrieval: { threshold: 0.97, limit: 4 } },
  // An epoch of 8 shots is a single step here, and the content loss takes longer than a step.
  contentLoss: { every: 4 },
};

/** A training on a few shots. */
export const emojiTraining = {
  steps: 200,
  batchSize: 8,
  // Of 3e-5 to 2e-4, what leaves the least distance to the validation split of the style that is
  // nearest to the base's own; the content of others is lost if one goes all the way.
  learningRate: { peak: 1e-4, warmup: 20, schedule: "cosine", floor: 0.1 },
  maxGradNorm: 1,
} as const;

/** How pictures are drawn. */
export const emojiDrawing = { steps: 25, guidanceScale: 4, sampler: "dpm_solver" } as const;
