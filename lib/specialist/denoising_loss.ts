/** The denoising error of the shots, which every method of the comparison minimizes. */
import { z } from "zod";
import { sampleCached, samplers } from "../diffusion/mod.ts";
import { validate } from "../internal/runtime/mod.ts";
import { type Tensor, tf } from "../internal/tensor/mod.ts";
import { minSnrWeights, type Noised, predictionErrors } from "../training/mod.ts";
import type { Captioned, Loss, LossInput, MethodContext } from "./method.ts";
import { shipped } from "./part.ts";

type DenoisingSettings = {
  /** γ of min-SNR weighting (Hang et al. 2023); all timesteps weigh the same by default. */
  minSnrGamma?: number;
  weight?: number;
};

/** The mean squared error of the prediction (Ho et al. 2020, equation 14). */
export function denoisingLoss({ minSnrGamma, weight = 1 }: DenoisingSettings = {}): Loss {
  return shipped({
    name: "denoising",
    weight,
    settings: { minSnrGamma },
    value: (input: LossInput) => {
      const errors = predictionErrors(input.prediction, input, input.diffusion); // [n]
      return tf.mean(weighted(errors, input, minSnrGamma));
    },
  });
}

/** Errors [n] by their timesteps' weights. */
function weighted(
  errors: Tensor,
  { timesteps, diffusion }: Pick<LossInput, "diffusion"> & Pick<Noised, "timesteps">,
  minSnrGamma: number | undefined,
): Tensor {
  if (minSnrGamma === undefined) return errors;
  return tf.mul(errors, minSnrWeights(timesteps, minSnrGamma, diffusion));
}

// Prior preservation (Ruiz et al., "DreamBooth", CVPR 2023, equation 2): images that the base model drew
// of the same things, in no style, keep it from forgetting all other styles.

export const priorSchema = z.strictObject({
  priorWeight: z.number().min(0).default(1).describe("Weight of the class images' error"),
  classImages: z.int().positive().default(64).describe("Images that the base model draws"),
  guidanceScale: z.number().min(1).default(7.5).describe("Guidance it draws them with"),
  sampling: z.strictObject({
    sampler: z.enum(samplers).optional().describe("The model's own by default"),
    steps: z.int().min(1).max(1000).default(100).describe("Steps of the sampler"),
  }).prefault({}).describe("How it draws them"),
});

/** The mean squared error of as many class images as a step shows shots. */
export function priorPreservation(
  { minSnrGamma, ...rest }: z.input<typeof priorSchema> & { minSnrGamma?: number } = {},
): Loss<readonly Captioned[]> {
  const { priorWeight, ...drawing } = validate(priorSchema, rest, "priorPreservation");
  return shipped(
    {
      name: "prior",
      weight: priorWeight,
      settings: { minSnrGamma, ...drawing },
      setUp: (context: MethodContext) => drawClassImages(drawing, context),
      prepare: ({ shown, random, noised, state: images }) =>
        noised(shown.map(() => random.choice(images))),
      value({ prepared, errors, diffusion }) {
        const noised = prepared as Parameters<typeof errors>[0];
        const { timesteps } = noised;
        return tf.mean(weighted(errors(noised), { timesteps, diffusion }, minSnrGamma));
      },
    } satisfies Loss<readonly Captioned[]>,
  );
}

/** What the base model draws for the shots' captions, in no style; cached where the context says. */
async function drawClassImages(
  { classImages, guidanceScale, sampling }: Omit<z.infer<typeof priorSchema>, "priorWeight">,
  { model, shots, cache, signal }: MethodContext,
): Promise<Captioned[]> {
  const captions = Array.from({ length: classImages }, (_, i) => shots[i % shots.length].caption);
  const images = await sampleCached(model, {
    prompts: captions,
    ...sampling,
    guidanceScale,
    seed: "class images",
    signal,
  }, cache);
  return images.map((image, i) => ({ image, caption: captions[i], key: `${i}` }));
}
