/** Settings that were found to work well, by the kind of images and the model that they are for. */
import { captionTemplates } from "./captions.ts";
import { type Method, trainablesOf } from "./method.ts";
import type { Preset } from "./part.ts";

/** Emoji and the shipped base model, all chosen on validation concepts. */
export const emojiPreset = {
  name: "emoji",
  // A transformed emoji soon leaves the style.
  transforms: { probability: 0.2 },
  // Emoji are all alike to a CLIP that knows nothing else. Of what was tried, this shows most true captions
  // in other words while nine in ten showings are right (results/study/retrieval.md).
  retrieval: { threshold: 0.95, limit: 8 },
  // An epoch of 8 shots is a single step here, and the content loss takes longer than a step.
  contentLoss: { every: 4 },
  // One token, and in the tokens of no caption; "sks" is two here, of which other words have one.
  identifier: "gby",
  training: {
    steps: 200,
    batchSize: 8,
    // Of 3e-5 to 2e-4, what leaves the least distance to the validation split of the style that is
    // nearest to the base's own; the content of others is lost if one goes all the way.
    learningRate: { peak: 1e-4, warmup: 20, schedule: "cosine", floor: 0.1 },
    maxGradNorm: 1,
  },
  // Those with the highest likeness in results/first_study/learning_rates.
  learningRates: {
    specialist: 4e-4,
    dreambooth: 1.6e-3,
    full: 8e-4,
    lora: 8e-3,
    token: 1e-2,
    unet: 4e-4,
  },
  sampling: { steps: 25, guidanceScale: 4, sampler: "dpm_solver" },
} as const satisfies Preset;

/**
 * Emoji and the shipped base model, as the study compares methods (experiments/study): `train` takes these by
 * default, and the study's sweeps read them here.
 *
 * The rates are those of the first study (results/first_study/learning_rates) that the study's tuning tries
 * too, with an earlier base model and a cosine schedule; DreamBooth's is the second best there, which keeps
 * 5 points more of the content than the best. The choices of `deno task sweep experiments/study/tuning.ts`
 * are to replace rates and steps once results/study/tuning is there.
 */
export const studyPreset = {
  ...emojiPreset,
  name: "study",
  training: {
    steps: 200,
    batchSize: 4,
    // At a constant rate, what a run is after some steps does not depend on how long it goes on. The floor is
    // for those who ask for another schedule.
    learningRate: { warmup: 20, schedule: "constant", floor: 0.1 },
    maxGradNorm: 1,
  },
  learningRates: { ...emojiPreset.learningRates, dreambooth: 8e-4 },
  lora: { rank: 8, alpha: 8 },
} as const satisfies Preset;

/**
 * Photographs and Stable Diffusion 1: the other methods at the rates and for the steps of their examples in
 * diffusers, ours as in the paper, with a faster sampler. Not tried here with the real weights.
 */
export const photographsPreset = {
  name: "photographs",
  transforms: { probability: 0.5 },
  retrieval: { threshold: 0.65 },
  contentLoss: { steps: 10 },
  training: {
    steps: 800,
    batchSize: 4,
    learningRate: { schedule: "constant" },
    maxGradNorm: 1,
  },
  learningRates: {
    specialist: 1e-5,
    dreambooth: 5e-6,
    full: 1e-5,
    lora: 1e-4,
    token: 2e-3,
    unet: 1e-5,
  },
  steps: { lora: 500, token: 3000 },
  lora: { rank: 4, alpha: 4 },
  sampling: { steps: 25, guidanceScale: 7.5, sampler: "dpm_solver" },
} as const satisfies Preset;

/** Photographs and Stable Diffusion v1.4, as in the paper and its released code. */
export const paperPreset = {
  name: "paper",
  transforms: { probability: 0.5 },
  retrieval: { threshold: 0.65 },
  contentLoss: { steps: 100 },
  training: {
    steps: 1000,
    batchSize: 4,
    learningRate: { peak: 1e-5, schedule: "multistep", milestones: [40, 200], gamma: 0.5 },
  },
  learningRates: { specialist: 1e-5, token: 5e-3, lora: 1e-4, unet: 1e-5 },
  sampling: { steps: 100, guidanceScale: 7.5, sampler: "pndm" },
} as const satisfies Preset;

/** By the names that `--preset` takes. */
export const presets: Record<"study" | "emoji" | "photographs" | "paper", Preset> = {
  study: studyPreset,
  emoji: emojiPreset,
  photographs: photographsPreset,
  paper: paperPreset,
};

/**
 * A table's value for a method: that of its trainable part if that is small, else that of its name,
 * else that of the U-Net.
 */
function valueFor(method: Method, table: Partial<Record<string, number>>): number | undefined {
  const names = trainablesOf(method).map(({ name }) => name);
  const [only] = names;
  const small = names.length === 1 && (only === "lora" || only === "token");
  return small ? table[only] : table[method.name] ?? table.unet;
}

/** The settings of a method's training run: those given, then the preset's at the method's rate. */
export function trainingOf(
  method: Method,
  preset: Preset,
  given: Preset["training"] = {},
): Preset["training"] {
  const { training } = preset;
  const peak = valueFor(method, preset.learningRates) ?? training.learningRate?.peak ?? 1e-4;
  const steps = valueFor(method, preset.steps ?? {}) ?? training.steps;
  return {
    ...training,
    ...steps !== undefined && { steps },
    ...given,
    learningRate: { ...training.learningRate, peak, ...given.learningRate },
  };
}

/** The emoji preset's parts as fields of `train`. */
export const emojiParts = {
  augmentation: emojiPreset.transforms,
  captions: { retrieval: emojiPreset.retrieval },
  contentLoss: emojiPreset.contentLoss,
};

/** The method's fields with all of its parts off: what each of them is added to. */
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
