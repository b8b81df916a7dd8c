/** Drawing subjects to be scored. */
import type { Backbone } from "../diffusion/backbone.ts";
import type { Image } from "../images/mod.ts";
import { createProgress } from "../progress/mod.ts";
import { type CachedSamples, sampleCached, type SampleOptions } from "../sampling/mod.ts";
import { stylePrompt } from "../specialist/mod.ts";
import type { Subject } from "./subject.ts";

export type DrawOptions = {
  /** What the style is called; prompts are without style if it is left out. */
  styleWords?: string;
  seed: number;
  sampling: Pick<SampleOptions, "steps" | "guidanceScale" | "sampler" | "precision">;
  /** Shown with a progress bar; none is shown without. */
  label?: string;
  /** How progress is shown; on the terminal by default. */
  progress?: typeof createProgress;
  /** Where the images are cached, and taken from if they are there. */
  cache?: CachedSamples;
  signal?: AbortSignal;
};

/** An image for each subject, from noise of its own that is the same for all models. */
export async function drawSubjects(
  model: Backbone,
  subjects: readonly Subject[],
  { styleWords, seed, sampling, label, progress: open = createProgress, cache, signal }:
    DrawOptions,
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
        if (label) progress ??= open({ label, total, unit: "denoising steps" });
        progress?.update(done);
      },
    }, cache);
  } finally {
    progress?.stop();
  }
}
