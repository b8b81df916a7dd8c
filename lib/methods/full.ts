/** Plain fine-tuning: the whole U-Net, on the shots as they are, at all timesteps. */
import { z } from "zod";
import { denoisingFields } from "./denoising.ts";
import { createLearner, wholeUnet } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { plainMethod } from "./plain_method.ts";
import { createTextPart, textEncoderFields } from "./text_part.ts";

export const fullSchema = z.strictObject({
  method: z.literal("full").describe("The whole U-Net, and nothing else"),
  ...denoisingFields,
  ...textEncoderFields,
});

export type FullConfig = z.infer<typeof fullSchema>;

/** Trains the U-Net; the autoencoder stays frozen, and the text encoder if it is not to learn too. */
export function full(config: FullConfig, context: MethodContext): Method {
  const { model } = context;
  const text = createTextPart(config, model);
  return plainMethod(config, context, createLearner(model, wholeUnet(model), text));
}
