/** The files of a run besides its record: images, adapters, and a new word. */
import { join } from "node:path";
import { type Image, readImage, writePng } from "./data/mod.ts";
import type { SampleCache } from "./diffusion/mod.ts";
import { type DrawOptions, drawSubjects, promptSubject, type Subject } from "./evaluation/mod.ts";
import type { StepDrawings } from "./figures/mod.ts";
import type { Run, RunRecord } from "./internal/runtime/mod.ts";
import {
  type Backbone,
  type Origin,
  originMetadata,
  saveEmbedding,
  saveLora,
} from "./models/mod.ts";
import { type Addition, stylePrompt } from "./specialist/mod.ts";

/** The file in a run's folder that holds what its method adds to the base model. */
export const additionFiles = { lora: "lora.safetensors", word: "embedding.safetensors" } as const;

/** The names of what a run's method trains; records of earlier versions say it in their kind. */
export function trainedIn({ config, kind }: Pick<RunRecord, "config" | "kind">): string[] {
  const method = config.method as { trainable?: { name: string }[] };
  if (method.trainable) return method.trainable.map(({ name }) => name);
  return kind.startsWith("lora") ? ["lora"] : kind.startsWith("textual_inversion") ? ["token"] : [];
}

/** Writes adapters or a word as diffusers and others load them. */
export async function saveAddition(
  folder: string,
  addition: Addition,
  origin: Origin,
): Promise<void> {
  if ("lora" in addition) {
    const file = join(folder, additionFiles.lora);
    await saveLora(file, addition.lora, originMetadata(origin, "lora"));
  } else {
    const file = join(folder, additionFiles.word);
    await saveEmbedding(file, addition.word, originMetadata(origin, "textual-inversion"));
  }
}

/** A file for each subject's image, named by the subject. */
export async function saveImages(
  folder: string,
  subjects: readonly Subject[],
  images: readonly Image[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [i, image] of images.entries()) {
    await writePng(imageFile(folder, subjects[i]), image);
  }
}

/** What {@link saveImages} has written. @throws UserError where a file is missing or damaged */
export async function readImages(folder: string, subjects: readonly Subject[]): Promise<Image[]> {
  return await Promise.all(subjects.map((subject) => readImage(imageFile(folder, subject))));
}

function imageFile(folder: string, { id }: Subject): string {
  return join(folder, `${id}.png`);
}

/** Images of a few prompts, drawn at regular intervals during training. */
export function createValidation(
  { every, prompts }: { every: number; prompts: readonly string[] },
  { steps, styleWords, ...drawing }:
    & Pick<DrawOptions, "seed" | "sampling" | "signal">
    & { steps: number; styleWords: string },
  run: Pick<Run, "samplesFolder">,
) {
  const subjects = prompts.map(promptSubject);
  const folderOf = (step: number) => join(run.samplesFolder, `step-${step}`);
  return {
    isDue: (step: number) => step > 0 && step % every === 0,

    /** @param cache of what this model draws */
    async draw(step: number, model: Backbone, cache?: SampleCache): Promise<void> {
      const images = await drawSubjects(model, subjects, { ...drawing, styleWords, cache });
      await saveImages(folderOf(step), subjects, images);
    },

    /** Those of a finished run, before an interruption too. */
    async read(): Promise<StepDrawings[]> {
      const drawn: StepDrawings[] = [];
      for (let step = every; step <= steps; step += every) {
        const images = await readImages(folderOf(step), subjects);
        const captions = subjects.map(({ item }) => stylePrompt(item, styleWords));
        drawn.push({
          step,
          drawings: images.map((image, i) => ({ image, caption: captions[i] })),
        });
      }
      return drawn;
    },
  };
}
