/**
 * LoRA (Hu et al., ICLR 2022): the U-Net stays as it is; beside each projection of its attention layers
 * a product of two narrow matrices learns.
 */
import { z } from "zod";
import { denoisingFields } from "./denoising.ts";
import { createLearner } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { plainMethod } from "./plain_method.ts";
import { frozenText } from "./text_part.ts";
import { createUnetAdapters, unetAdaptersSchema } from "./unet_adapters.ts";

export const loraSchema = unetAdaptersSchema.extend({
  method: z.literal("lora").describe("Low-rank adapters of the U-Net's attention"),
  ...denoisingFields,
});

export type LoraConfig = z.infer<typeof loraSchema>;

/**
 * Trains adapters, which the adapted model holds beside its weights until it is saved.
 *
 * @throws UserError if there is no layer to adapt
 */
export function lora(config: LoraConfig, context: MethodContext): Method {
  const { model } = context;
  const adapters = createUnetAdapters(config, model);
  const learner = createLearner(model, adapters, frozenText(model));
  return { ...plainMethod(config, context, learner), addition: adapters.addition };
}
