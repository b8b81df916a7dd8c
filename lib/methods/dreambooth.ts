/**
 * DreamBooth (Ruiz et al., CVPR 2023): the whole U-Net learns a rare word for the style, while pictures
 * that the base model drew of the same things keep it from forgetting all other styles.
 */
import { z } from "zod";
import type { Image } from "../images/mod.ts";
import type { Random } from "../random/mod.ts";
import { sampleOnce } from "../sampling/mod.ts";
import { priorPreservation } from "../training/mod.ts";
import { createDenoising, denoisingFields } from "./denoising.ts";
import { allTimesteps } from "./diffusion_step.ts";
import type { Showing } from "./epochs.ts";
import { createLearner, wholeUnet } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { samplingSchema } from "./sampling_config.ts";
import { captionsOf, plainShots } from "./show_shots.ts";
import { createTextPart, textEncoderFields } from "./text_part.ts";

export const dreamboothSchema = z.strictObject({
  method: z.literal("dreambooth").describe("The whole U-Net, with prior preservation"),
  identifier: z.string().min(1).default("sks").describe("Rare word that stands for the style"),
  priorWeight: z.number().min(0).default(1).describe("Weight of the class images' error"),
  classImages: z.int().positive().default(64).describe("Pictures that the base model draws"),
  guidanceScale: z.number().min(1).default(7.5).describe("Guidance it draws them with"),
  sampling: samplingSchema.prefault({}).describe("How it draws them"),
  ...denoisingFields,
  ...textEncoderFields,
});

export type DreamboothConfig = z.infer<typeof dreamboothSchema>;

/** Trains the U-Net; half of each step's pictures are the base model's. */
export async function dreambooth(
  config: DreamboothConfig,
  context: MethodContext,
): Promise<Method> {
  const { model } = context;
  const { identifier, priorWeight } = config;
  const prior = await drawClassImages(config, context);
  const learner = createLearner(model, wholeUnet(model), createTextPart(config, model));
  const { show, batch, errors } = createDenoising(config, context, {
    learner,
    show: plainShots({ ...context, styleWords: identifier }),
    trained: allTimesteps(model),
    others: prior,
  });
  const showBoth = (showing: Showing, random: Random) => {
    const shots = show(showing, random);
    return [...shots, ...shots.map(() => random.choice(prior))];
  };
  return {
    task: {
      params: learner.params,
      rateOf: learner.rateOf,
      batch: (random, step, { batchSize }) => batch(showBoth({ step, batchSize }, random), random),
      captions: (random, step, { batchSize }) => captionsOf(showBoth({ step, batchSize }, random)),
      loss: (params, batch) => priorPreservation(errors(params, batch), priorWeight),
    },
    styleWords: identifier,
    adapted: learner.adapted,
  };
}

/** What the base model draws for the shots' captions, in no style; kept where the context says. */
async function drawClassImages(
  { classImages, guidanceScale, sampling }: DreamboothConfig,
  { model, shots, kept, signal }: MethodContext,
): Promise<{ image: Image; caption: string }[]> {
  const captions = Array.from({ length: classImages }, (_, i) => shots[i % shots.length].caption);
  const images = await sampleOnce(model, {
    prompts: captions,
    ...sampling,
    guidanceScale,
    seed: "class images",
    signal,
  }, kept);
  return images.map((image, i) => ({ image, caption: captions[i] }));
}
