/** What the stages of the study share: the parts, each on or off, and the cells that repeat a comparison. */
import { shippedStyles } from "specialist/data";
import { captionTemplates, emojiParts, plainParts, studyPreset } from "specialist/specialist";
import { applyPatch, type Axis, type Patch, variants } from "../sweep/mod.ts";

/** The parts of the method, by the names that tables call them. */
export const parts = ["transforms", "captions", "content loss", "sparse timesteps"] as const;
export type PartName = typeof parts[number];

/** The content loss acts at a middle timestep, t ≈ 400, where its gradient reaches the U-Net. */
const middleStep = { steps: 10, lastStep: 5 };

const on: Record<PartName, Patch["method"]> = {
  transforms: { augmentation: emojiParts.augmentation },
  captions: {
    captions: {
      retrieval: { ...emojiParts.captions.retrieval, enabled: true },
      synonyms: { enabled: true },
      templates: [...captionTemplates],
    },
  },
  "content loss": { contentLoss: { ...emojiParts.contentLoss, ...middleStep, enabled: true } },
  "sparse timesteps": { timesteps: { mode: "sparse" } },
};

/** The paper's method with some of its parts, and plain fine-tuning without any. */
export function withParts(chosen: readonly PartName[]): Patch {
  return chosen.reduce<Patch>(
    (patch, part) => applyPatch(patch, { method: on[part] }),
    { method: { method: "specialist", ...plainParts } },
  );
}

/** How long and on how much a method learns. */
export type Regime = { shots: number; steps: number; peak: number };

/** The study's preset, for so many shots and steps at a rate. */
export function inRegime({ shots, steps, peak }: Regime): Patch {
  return {
    shots,
    training: {
      steps,
      batchSize: studyPreset.training.batchSize,
      learningRate: { ...studyPreset.training.learningRate, peak },
      checkpointEvery: 250,
    },
  };
}

/**
 * Blocks: a style and a shot set each. Every block has a seed of its own, so that no two of them share noise
 * and each repeats the comparison independently.
 */
export function blocks(styles: readonly string[], shotSets: readonly number[]): Axis {
  const patches = styles.flatMap((style) =>
    shotSets.map((shotSet): [string, Patch] => [
      `${style}, shots ${shotSet}`,
      { style, shotSet, seed: 10 * shippedStyles.indexOf(style) + shotSet },
    ])
  );
  return variants("block", Object.fromEntries(patches));
}

/** All twelve. */
export const allBlocks: Axis = blocks(shippedStyles, [1, 2, 3, 4]);

/** Half of them, for curves of dose. */
export const doseBlocks: Axis = blocks(shippedStyles, [1, 2]);

/** Test concepts under canonical prompts, unseen templates and paraphrases. */
export const onTest: Patch = {
  evaluation: { split: "test", concepts: 128, kinds: ["template", "paraphrase"], every: 1000 },
  sampling: { precision: "bfloat16" },
};

/** Of a stage's quick form: some minutes for all of it. */
export const quickly: Patch = {
  training: { steps: 4, checkpointEvery: 4 },
  sampling: { steps: 4 },
  evaluation: { concepts: 8, every: 4, curveConcepts: 4 },
};

/**
 * The quick form of a patch that says itself how long a run goes on: what an axis sets is laid over the base,
 * the quick form's too.
 */
export function quickForm(patch: Patch): Patch {
  return [quickly, { evaluation: { at: [2, 4] } }].reduce(applyPatch, patch);
}
