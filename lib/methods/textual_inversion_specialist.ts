/** Textual inversion with the paper's parts: the new word and the U-Net learn together. */
import { z } from "zod";
import { denoisingFields } from "./denoising.ts";
import { createLearner, wholeUnet } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { specialistMethod, specialistParts } from "./specialist.ts";
import { createStyleToken, styleTokenSchema } from "./style_token.ts";

export const textualInversionSpecialistSchema = styleTokenSchema.extend({
  method: z.literal("textual_inversion_specialist").describe(
    "One new word and the whole U-Net, with the paper's parts",
  ),
  ...specialistParts,
  ...denoisingFields,
});

export type TextualInversionSpecialistConfig = z.infer<typeof textualInversionSpecialistSchema>;

/**
 * @throws UserError if the placeholder is a word already, if captions are to be retrieved and there is
 *   no `captionIndex`, or if there is to be a content loss and there is no `guide`
 */
export async function textualInversionSpecialist(
  config: TextualInversionSpecialistConfig,
  context: MethodContext,
): Promise<Method> {
  const { model, styleWords } = context;
  const token = createStyleToken({ initializer: styleWords, ...config }, model);
  const learner = createLearner(model, wholeUnet(model), token);
  return await specialistMethod(config, { ...context, styleWords: config.placeholder }, learner);
}
