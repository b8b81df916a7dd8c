/** LoRA with the paper's parts: only the adapters learn. */
import { z } from "zod";
import { type Params, readVariables } from "../nn/mod.ts";
import { tf } from "../tensorflow/mod.ts";
import { createContentPart } from "./content_part.ts";
import {
  type DenoisingBatch,
  denoisingBatch,
  diffusionOf,
  timestepsFor,
  unetErrors,
} from "./diffusion_step.ts";
import type { Method, MethodContext } from "./method.ts";
import { augmentedShots } from "./show_shots.ts";
import { specialistParts } from "./specialist.ts";
import { createUnetAdapters, unetAdaptersSchema } from "./unet_adapters.ts";

export const loraSpecialistSchema = unetAdaptersSchema.extend({
  method: z.literal("lora_specialist").describe("Low-rank adapters, with the paper's parts"),
  ...specialistParts,
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
  const { model, styleWords } = context;
  const show = await augmentedShots(config, context);
  const content = await createContentPart(config.contentLoss, context);
  const trained = timestepsFor(model, config.timesteps, context.sampling);
  const diffusion = diffusionOf(model);
  const { params, unetParams, addition } = createUnetAdapters(config, model);
  return {
    task: {
      params,
      async batch(random, step, { batchSize, variables }) {
        const showing = { step, batchSize };
        const shown = show(showing, random);
        return {
          ...denoisingBatch(model, shown, trained, random),
          ...await content.batch(
            showing,
            shown.map(({ shot }) => shot),
            () => ({ ...cloned(unetParams({})), ...readVariables(variables) }),
            random,
          ),
        };
      },
      loss(adapters, batch) {
        const unet = unetParams(adapters);
        const errors = unetErrors(model, unet, batch as DenoisingBatch, diffusion);
        return content.addTo(tf.mean(errors), unet, batch);
      },
    },
    styleWords,
    adapted: (adapters) => ({ ...model, unet: { ...model.unet, params: unetParams(adapters) } }),
    addition,
  };
}

/** Tensors that may be disposed while the ones they share numbers with live on. */
function cloned(params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
}
