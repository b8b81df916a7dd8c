/** Pictures of a few prompts, drawn every so many steps of a training: what the model makes of them. */
import { join } from "node:path";
import { readImage } from "specialist/images/mod.ts";
import type { StableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import type { Run } from "specialist/records/mod.ts";
import type { StepDrawings } from "specialist/report/mod.ts";
import type { AdaptConfig } from "./config.ts";
import { stylePrompt } from "specialist/specialist/mod.ts";
import { drawSubjects } from "./draw_subjects.ts";
import { pictureFile, savePictures } from "./save_pictures.ts";
import { promptSubject } from "./subjects.ts";

/** @param styleWords what the style is called in the adapted model's prompts */
export function createValidation(
  config: AdaptConfig,
  styleWords: string,
  run: Run,
  signal?: AbortSignal,
) {
  const { every, prompts } = config.validation ?? { every: Infinity, prompts: [] };
  const subjects = prompts.map(promptSubject);
  const folderOf = (step: number) => join(run.samplesFolder, `step-${step}`);
  return {
    isDue: (step: number) => step % every === 0,

    async draw(step: number, model: StableDiffusion): Promise<void> {
      const pictures = await drawSubjects(model, subjects, { ...config, styleWords, signal });
      await savePictures(folderOf(step), subjects, pictures);
    },

    /** Those of a finished training, of before an interruption too. */
    async read(): Promise<StepDrawings[]> {
      const drawn: StepDrawings[] = [];
      for (let step = every; step <= config.training.steps; step += every) {
        const drawings = await Promise.all(subjects.map(async (subject) => ({
          image: await readImage(pictureFile(folderOf(step), subject)),
          caption: stylePrompt(subject.item, styleWords),
        })));
        drawn.push({ step, drawings });
      }
      return drawn;
    },
  };
}
