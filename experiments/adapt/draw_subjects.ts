import type { Subject } from "specialist/evaluation/mod.ts";
import type { Image } from "specialist/images/mod.ts";
import type { StableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import { type CachedSamples, sampleCached } from "specialist/sampling/mod.ts";
import { stylePrompt } from "specialist/specialist/mod.ts";
import type { z } from "zod";
import type { samplingSchema } from "./config.ts";

export type DrawOptions = {
  /** What the style is called; prompts are without style if it is left out. */
  styleWords?: string;
  seed: number;
  sampling: z.infer<typeof samplingSchema>;
  /** Shown with a progress bar; none is shown without. */
  label?: string;
  /** Where the pictures are kept, or taken from if they are there. */
  kept?: CachedSamples;
  signal?: AbortSignal;
};

/** A picture for each subject, from noise of its own that is the same for all models. */
export async function drawSubjects(
  model: StableDiffusion,
  subjects: readonly Subject[],
  { styleWords, seed, sampling, label, kept, signal }: DrawOptions,
): Promise<Image[]> {
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await sampleCached(model, {
      prompts: subjects.map(({ item }) =>
        styleWords === undefined ? item : stylePrompt(item, styleWords)
      ),
      ...sampling,
      seed: `${seed} evaluation`,
      signal,
      onStep(done, total) {
        if (label) progress ??= createProgress({ label, total, unit: "picture steps" });
        progress?.update(done);
      },
    }, kept);
  } finally {
    progress?.stop();
  }
}
