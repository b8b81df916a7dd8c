/** Every method on a small model with a few shots, and settings under which a step takes moments. */
import { join } from "node:path";
import { plainImage } from "specialist/images/mod.ts";
import {
  createMethod,
  type Method,
  type MethodContext,
  methodSchema,
} from "specialist/methods/mod.ts";
import { loadClip } from "specialist/models/clip/mod.ts";
import { loadStableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import { useBackend } from "specialist/tensorflow/mod.ts";
import { trainingSchema } from "specialist/training/mod.ts";

await useBackend();

const fixtures = join(import.meta.dirname!, "fixtures");

export const model = await loadStableDiffusion(join(fixtures, "pipeline"));
export const shots = [
  { image: plainImage(20, 16, [200, 30, 30]), caption: "a red apple" },
  { image: plainImage(16, 16, [30, 30, 200]), caption: "a dog" },
  { image: plainImage(16, 24, [30, 200, 30]), caption: "a green leaf" },
];
const guide = await loadClip(join(fixtures, "clip", "model"));

/** The paper's parts, but for retrieval, which needs a corpus. */
const parts = {
  captions: { retrieval: { enabled: false } },
  contentLoss: { steps: 2, guidanceScale: 2 },
};

/** With one kind of step only, which is traced once. */
const alike = { ...parts, contentLoss: { ...parts.contentLoss, every: 1 } };

export const tinyConfigs = {
  specialist: parts,
  dreambooth: { classImages: 2, sampling: { steps: 2 } },
  textual_inversion: {},
  textual_inversion_specialist: alike,
  lora: {},
  lora_specialist: alike,
  full: {},
};

export type MethodName = keyof typeof tinyConfigs;

export const methodNames = Object.keys(tinyConfigs) as MethodName[];

/** @param settings laid over the method's, group by group */
export function createTiny(
  name: MethodName,
  settings: object = {},
  context: Partial<MethodContext> = {},
): Promise<Method> {
  return createMethod(
    methodSchema.parse({ method: name, ...tinyConfigs[name], ...settings }),
    { model, shots, styleWords: "painting", guide, sampling: { steps: 20 }, ...context },
  );
}

export const tinyTraining = (settings: object) =>
  trainingSchema.parse({ batchSize: 2, learningRate: { peak: 1e-3 }, ...settings });
