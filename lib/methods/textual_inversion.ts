/**
 * Textual inversion (Gal et al., ICLR 2023): the model stays as it is, and learns one new word for the
 * style.
 */
import { z } from "zod";
import { denoisingFields } from "./denoising.ts";
import { createLearner, frozenUnet } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { plainMethod } from "./plain_method.ts";
import { createStyleToken, styleTokenSchema } from "./style_token.ts";

export const textualInversionSchema = styleTokenSchema.extend({
  method: z.literal("textual_inversion").describe("One new word for the style"),
  ...denoisingFields,
});

export type TextualInversionConfig = z.infer<typeof textualInversionSchema>;

/** @throws UserError if the placeholder is a word already */
export function textualInversion(config: TextualInversionConfig, context: MethodContext): Method {
  const { model, styleWords } = context;
  const token = createStyleToken({ initializer: styleWords, ...config }, model);
  const learner = createLearner(model, frozenUnet(model), token);
  return {
    ...plainMethod(config, { ...context, styleWords: config.placeholder }, learner),
    addition: (params) => ({ word: token.word(params) }),
  };
}
