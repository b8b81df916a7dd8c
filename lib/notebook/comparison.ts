/** Several ways to teach the lab's style, side by side. */
import type { z } from "zod";
import type { Subject } from "../evaluation/mod.ts";
import type { Image } from "../images/mod.ts";
import type { methodSchema } from "../methods/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { stylePrompt } from "../specialist/mod.ts";
import { stableLoss } from "../training/mod.ts";
import { drawSubjects } from "./draw.ts";
import { type Lab, prepareMethod } from "./lab.ts";
import { createTraining, type NotebookTraining, type TrainingOptions } from "./training.ts";

/** A method's settings, and those of its training where they differ from all others'. */
export type Way = {
  method: z.input<typeof methodSchema>;
  training?: Omit<TrainingOptions, "look">;
};

export type NamedTraining<Seen> = NotebookTraining & {
  name: string;
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
  /** How many numbers are trained. */
  size: number;
  /** What was seen of the model on the way. */
  seen: { step: number; value: Seen }[];
};

/**
 * A training for each way, from the same model and the same random draws.
 *
 * ```ts
 * const trainings = await prepareTrainings(lab, {
 *   "LoRA": { method: { method: "lora" }, training: { learningRate: { peak: 1e-3 } } },
 *   "whole U-Net": { method: { method: "full" } },
 * }, { steps: 100, every: 20, look: heldOutLoss(lab) });
 * for (const training of trainings) await training.run();
 * ```
 *
 * @param look given what the style is called, what to see of a model at the start, every so many steps
 * and at the end
 */
export async function prepareTrainings<Seen>(
  lab: Lab,
  ways: Record<string, Way>,
  { look, ...options }: Omit<TrainingOptions, "look"> & {
    look(styleWords: string): (model: StableDiffusion) => Seen | Promise<Seen>;
  },
): Promise<NamedTraining<Seen>[]> {
  const trainings: NamedTraining<Seen>[] = [];
  for (const [name, way] of Object.entries(ways)) {
    const method = await prepareMethod(lab, way.method);
    const { styleWords } = method;
    const lookAt = look(styleWords);
    const seen: NamedTraining<Seen>["seen"] = [];
    const training = createTraining(method, {
      ...options,
      ...way.training,
      async look(step, model) {
        seen.push({ step, value: await lookAt(model) });
      },
    });
    const size = Object.values(method.task.params).reduce((sum, { size }) => sum + size, 0);
    trainings.push({ ...training, name, styleWords, size, seen });
  }
  return trainings;
}

/** What each trained model draws of the same subjects from the same noise, by the trainings' names. */
export async function drawEach(
  subjects: readonly Subject[],
  trainings: readonly Pick<NamedTraining<unknown>, "name" | "model" | "styleWords">[],
  { inStyle = true }: { inStyle?: boolean } = {},
): Promise<Record<string, Image[]>> {
  const pictures: Record<string, Image[]> = {};
  for (const { name, model, styleWords } of trainings) {
    pictures[name] = await drawSubjects(model(), subjects, inStyle ? styleWords : undefined);
  }
  return pictures;
}

/** The true drawings of the lab's held-out concepts, and what they are called. */
export function heldOutDrawings(
  { subjects }: Pick<Lab, "subjects">,
  styleWords: string,
): { images: Image[]; captions: string[] } {
  return {
    images: subjects.map(({ truth }) => truth!),
    captions: subjects.map(({ item }) => stylePrompt(item, styleWords)),
  };
}

/** The stable loss on drawings of the style that no training sees. */
export function heldOutLoss(lab: Lab): (styleWords: string) => (model: StableDiffusion) => number {
  return (styleWords) => stableLoss(lab.model, { ...heldOutDrawings(lab, styleWords), seed: 0 });
}
