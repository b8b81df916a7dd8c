/**
 * LoRA (Hu et al., ICLR 2022): the U-Net stays as it is; beside each projection of its attention layers
 * a product of two narrow matrices learns.
 */
import { z } from "zod";
import { tf } from "../tensorflow/mod.ts";
import {
  allTimesteps,
  type DenoisingBatch,
  denoisingBatch,
  diffusionOf,
  unetErrors,
} from "./diffusion_step.ts";
import type { Method, MethodContext } from "./method.ts";
import { plainShots } from "./show_shots.ts";
import { createUnetAdapters, unetAdaptersSchema } from "./unet_adapters.ts";

export const loraSchema = unetAdaptersSchema.extend({
  method: z.literal("lora").describe("Low-rank adapters of the U-Net's attention"),
});

export type LoraConfig = z.infer<typeof loraSchema>;

/**
 * Trains adapters, which the adapted model holds beside its weights until it is saved.
 *
 * @throws UserError if there is no layer to adapt
 */
export function lora(config: LoraConfig, context: MethodContext): Method {
  const { model, styleWords } = context;
  const show = plainShots(context);
  const trained = allTimesteps(model);
  const diffusion = diffusionOf(model);
  const { params, unetParams, addition } = createUnetAdapters(config, model);
  return {
    task: {
      params,
      batch: (random, step, { batchSize }) =>
        denoisingBatch(model, show({ step, batchSize }, random), trained, random),
      loss: (adapters, batch) =>
        tf.mean(unetErrors(model, unetParams(adapters), batch as DenoisingBatch, diffusion)),
    },
    styleWords,
    adapted: (adapters) => ({ ...model, unet: { ...model.unet, params: unetParams(adapters) } }),
    addition,
  };
}
