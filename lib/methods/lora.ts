/**
 * LoRA (Hu et al., ICLR 2022): the U-Net stays as it is; beside each projection of its attention layers
 * a product of two narrow matrices learns.
 */
import { z } from "zod";
import { createLora, loraScales } from "../nn/mod.ts";
import { createRandom } from "../random/mod.ts";
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

export const loraSchema = z.strictObject({
  method: z.literal("lora").describe("Low-rank adapters of the U-Net's attention"),
  rank: z.int().positive().default(4).describe("Inner width of each adapter"),
  alpha: z.number().positive().default(4).describe("Adapters are scaled by alpha / rank"),
  targets: z.array(z.string().min(1)).min(1).default(["to_q", "to_k", "to_v", "to_out.0"])
    .describe("Ends of the names of the layers that are adapted"),
});

export type LoraConfig = z.infer<typeof loraSchema>;

/** Trains adapters, which the adapted model holds beside its weights until it is saved. */
export function lora(config: LoraConfig, context: MethodContext): Method {
  const { model, styleWords } = context;
  const show = plainShots(context);
  const trained = allTimesteps(model);
  const diffusion = diffusionOf(model);
  const adapters = createLora(model.unet.params, config, createRandom("lora"));
  const scales = loraScales(adapters, config);
  const withAdapters = (adapters: typeof scales) => ({
    ...model.unet.params,
    ...scales,
    ...adapters,
  });
  return {
    task: {
      params: adapters,
      batch: (random, step, { batchSize }) =>
        denoisingBatch(model, show({ step, batchSize }, random), trained, random),
      loss: (adapters, batch) =>
        tf.mean(unetErrors(model, withAdapters(adapters), batch as DenoisingBatch, diffusion)),
    },
    styleWords,
    adapted: (adapters) => ({
      ...model,
      unet: { ...model.unet, params: withAdapters(adapters) },
    }),
    addition: (adapters) => ({ lora: { adapters, rank: config.rank, alpha: config.alpha } }),
  };
}
