/**
 * Textual inversion (Gal et al., ICLR 2023): the model stays as it is, and learns one new word for the
 * style.
 */
import { z } from "zod";
import { tf } from "../tensorflow/mod.ts";
import type { Noised } from "../training/mod.ts";
import { allTimesteps, diffusionOf, noiseImages, unetErrors } from "./diffusion_step.ts";
import type { Method, MethodContext } from "./method.ts";
import { plainShots } from "./show_shots.ts";
import { createStyleToken, styleTokenSchema } from "./style_token.ts";

export const textualInversionSchema = styleTokenSchema.extend({
  method: z.literal("textual_inversion").describe("One new word for the style"),
});

export type TextualInversionConfig = z.infer<typeof textualInversionSchema>;

/** @throws UserError if the placeholder is a word already */
export function textualInversion(config: TextualInversionConfig, context: MethodContext): Method {
  const { model, styleWords } = context;
  const show = plainShots({ ...context, styleWords: config.placeholder });
  const token = createStyleToken({ initializer: styleWords, ...config }, model);
  const trained = allTimesteps(model);
  const diffusion = diffusionOf(model);
  return {
    task: {
      params: token.params,
      batch(random, step, { batchSize }) {
        const shown = show({ step, batchSize }, random);
        return {
          ...noiseImages(model, shown.map(({ image }) => image), trained, random),
          ids: token.encode(shown.map(({ caption }) => caption)),
        };
      },
      loss(params, { ids, ...noised }) {
        const batch = { ...noised as Noised, contexts: token.contexts(params, ids) };
        return tf.mean(unetErrors(model, model.unet.params, batch, diffusion));
      },
    },
    styleWords: config.placeholder,
    adapted: (params) => ({ ...model, ...token.adapted(params) }),
    addition: (params) => ({ word: token.word(params) }),
  };
}
