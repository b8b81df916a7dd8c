/** The method's parts where they need other settings for emoji than the paper's for photographs. */
export const emojiParts = {
  // A transformed emoji is soon no emoji of the style: chosen on the validation splits.
  augmentation: { probability: 0.2 },
  // Emoji are all alike to a CLIP that knows nothing else: below this, an elephant is an elevator.
  captions: { retrieval: { threshold: 0.97, limit: 4 } },
  // An epoch of 8 shots is a single step here, and the content loss takes longer than a step.
  contentLoss: { every: 4 },
};
