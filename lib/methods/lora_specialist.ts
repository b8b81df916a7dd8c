/** LoRA with the paper's parts: only the adapters learn. */
import { z } from "zod";
import { denoisingFields } from "./denoising.ts";
import { createLearner } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { specialistMethod, specialistParts } from "./specialist.ts";
import { frozenText } from "./text_part.ts";
import { createUnetAdapters, unetAdaptersSchema } from "./unet_adapters.ts";

export const loraSpecialistSchema = unetAdaptersSchema.extend({
  method: z.literal("lora_specialist").describe("Low-rank adapters, with the paper's parts"),
  ...specialistParts,
  ...denoisingFields,
});

export type LoraSpecialistConfig = z.infer<typeof loraSpecialistSchema>;

/**
 * @throws UserError if there is no layer to adapt, if captions are to be retrieved and there is no
 *   `captionIndex`, or if there is to be a content loss and there is no `guide`
 */
export async function loraSpecialist(
  config: LoraSpecialistConfig,
  context: MethodContext,
): Promise<Method> {
  const { model } = context;
  const adapters = createUnetAdapters(config, model);
  const learner = createLearner(model, adapters, frozenText(model));
  return {
    ...await specialistMethod(config, context, learner),
    addition: adapters.addition,
  };
}
