/** Every method on a small model with a few shots, and settings under which a step takes moments. */
import { join } from "node:path";
import { plainImage } from "specialist/data";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadClip, loadStableDiffusion } from "specialist/models";
import {
  captionTemplates,
  contentLoss,
  doubledCaptions,
  dreambooth,
  full,
  lora,
  loraAdapters,
  type Method,
  type MethodContext,
  newToken,
  type PreparedMethod,
  prepareMethod,
  type RecipeOptions,
  specialist,
  type SpecialistOptions,
  synonyms,
  templates,
  textualInversion,
  wholeUnet,
} from "specialist/specialist";
import { trainingSchema } from "specialist/training";

await useBackend();

const fixtures = join(import.meta.dirname!, "..", "fixtures");

export const model = await loadStableDiffusion(join(fixtures, "pipeline"));
export const shots = [
  { image: plainImage(20, 16, [200, 30, 30]), caption: "a red apple" },
  { image: plainImage(16, 16, [30, 30, 200]), caption: "a dog" },
  { image: plainImage(16, 24, [30, 200, 30]), caption: "a green leaf" },
];
export const guide = await loadClip(join(fixtures, "clip", "model"));

/** The content loss, in moments. */
export const tinyContent = { steps: 2, guidanceScale: 2 };

/** The paper's parts, but for retrieval, which needs a corpus. */
const parts = (every?: number): SpecialistOptions => ({
  captions: [synonyms(), templates(captionTemplates), doubledCaptions],
  contentLoss: contentLoss({ ...tinyContent, every }),
});

/** The methods of the comparison, with one kind of step where a second one shows nothing more. */
export const tinyMethods = {
  specialist: (options?: SpecialistOptions) => specialist({ ...parts(), ...options }),
  dreambooth: (options?: Parameters<typeof dreambooth>[0]) =>
    dreambooth({ classImages: 2, sampling: { steps: 2 }, ...options }),
  "textual inversion": (options?: Parameters<typeof textualInversion>[0]) =>
    textualInversion(options),
  "textual inversion + ours": (options?: SpecialistOptions) =>
    specialist({ ...parts(1), trainable: [newToken(), wholeUnet()], ...options }),
  lora: (options?: Parameters<typeof lora>[0]) => lora(options),
  "lora + ours": (options?: SpecialistOptions) =>
    specialist({ ...parts(1), trainable: loraAdapters(), ...options }),
  full: (options?: RecipeOptions) => full(options),
} satisfies Record<string, (options?: RecipeOptions) => Method>;

export type MethodName = keyof typeof tinyMethods;

export const methodNames = Object.keys(tinyMethods) as MethodName[];

export const tinyContext: MethodContext = {
  model,
  shots,
  styleWords: "painting",
  guide,
  sampling: { steps: 20 },
};

/** A method on the small model. */
export function prepareTiny(
  method: Method,
  context: Partial<MethodContext> = {},
): Promise<PreparedMethod> {
  return prepareMethod(method, { ...tinyContext, ...context });
}

export const tinyTraining = (settings: object) =>
  trainingSchema.parse({
    batchSize: 2,
    learningRate: { peak: 1e-3 },
    // Measuring is traced, too; `losses_test.ts` is about it.
    sharesEvery: 0,
    ...settings,
  });
