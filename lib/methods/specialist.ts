/**
 * Specialist Diffusion (Lu et al., CVPR 2023): the whole U-Net learns a style from a few shots, with
 * augmented pictures and captions, at the timesteps that the sampler will visit; now and then it must
 * also draw what a shot shows without its style.
 */
import { z } from "zod";
import {
  augmentationSchema,
  captionsSchema,
  contentLossSchema,
  timestepsSchema,
} from "../specialist/mod.ts";
import { tf } from "../tensorflow/mod.ts";
import { createContentPart } from "./content_part.ts";
import { createDenoising, type DenoisingConfig, denoisingFields } from "./denoising.ts";
import { timestepsFor } from "./diffusion_step.ts";
import { createLearner, type Learner, wholeUnet } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { augmentedShots, captionsOf } from "./show_shots.ts";
import { createTextPart, textEncoderFields } from "./text_part.ts";

/** The paper's parts, each switched off by one field. */
export const specialistParts = {
  augmentation: augmentationSchema.prefault({}).describe("Transformed pictures; off at 0"),
  captions: captionsSchema.prefault({}).describe("Captions in other words"),
  contentLoss: contentLossSchema.prefault({}).describe("What a plain caption must still show"),
  timesteps: timestepsSchema.prefault({}).describe("Timesteps that are trained"),
};

export const specialistSchema = z.strictObject({
  method: z.literal("specialist").describe("The whole U-Net, with the paper's parts"),
  ...specialistParts,
  ...denoisingFields,
  ...textEncoderFields,
});

export type SpecialistConfig = z.infer<typeof specialistSchema>;

type SpecialistParts = z.infer<z.ZodObject<typeof specialistParts>>;

/**
 * Trains the U-Net on the shots; the autoencoder stays frozen, and the text encoder if it is not to
 * learn too.
 *
 * ```ts
 * const { task, adapted } = await specialist(config, { model, shots, styleWords, captionIndex });
 * const specialised = adapted(await train(task, training, { seed: 0 }));
 * ```
 *
 * @throws UserError if captions are to be retrieved and there is no `captionIndex`, or if there is to
 *   be a content loss and there is no `guide`
 */
export async function specialist(
  config: SpecialistConfig,
  context: MethodContext,
): Promise<Method> {
  const { model } = context;
  const text = createTextPart(config, model);
  return await specialistMethod(config, context, createLearner(model, wholeUnet(model), text));
}

/** A learner with the paper's parts. @throws UserError as {@link specialist} does */
export async function specialistMethod(
  config: SpecialistParts & DenoisingConfig,
  context: MethodContext,
  learner: Learner,
): Promise<Method> {
  const { model, styleWords } = context;
  const content = await createContentPart(config.contentLoss, context, learner);
  const { show, ...denoising } = createDenoising(config, context, {
    learner,
    show: await augmentedShots(config, context),
    trained: timestepsFor(model, config.timesteps, context.sampling),
  });
  return {
    task: {
      params: learner.params,
      rateOf: learner.rateOf,
      async batch(random, step, { batchSize, variables }) {
        const showing = { step, batchSize };
        const shown = show(showing, random);
        const shots = shown.map(({ shot }) => shot);
        return {
          ...denoising.batch(shown, random),
          ...await content.batch(showing, shots, variables, random),
        };
      },
      captions: (random, step, { batchSize }) => captionsOf(show({ step, batchSize }, random)),
      loss: (params, batch) =>
        content.addTo(tf.mean(denoising.errors(params, batch)), params, batch),
    },
    styleWords,
    adapted: learner.adapted,
  };
}
