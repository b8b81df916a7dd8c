/** Low-rank adapters beside the U-Net's layers, which are all that learns. */
import { z } from "zod";
import { UserError } from "../errors/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { createLora, loraScales, type Params } from "../nn/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { UnetPart } from "./learner.ts";
import type { Addition } from "./method.ts";

export const unetAdaptersSchema = z.strictObject({
  rank: z.int().positive().default(4).describe("Inner width of each adapter"),
  alpha: z.number().positive().default(4).describe("Adapters are scaled by alpha / rank"),
  targets: z.array(z.string().min(1)).min(1).default(["to_q", "to_k", "to_v", "to_out.0"])
    .describe("Ends of the names of the layers that are adapted"),
});

export type UnetAdaptersConfig = z.infer<typeof unetAdaptersSchema>;

export type UnetAdapters = UnetPart & {
  /** The adapters as a thing of their own. */
  addition(adapters: Params): Addition;
};

/** @throws UserError if no layer has such a name */
export function createUnetAdapters(
  config: UnetAdaptersConfig,
  { unet }: Pick<StableDiffusion, "unet">,
): UnetAdapters {
  const adapters = createLora(unet.params, config, createRandom("lora"));
  if (Object.keys(adapters).length === 0) {
    throw new UserError({
      what: "no linear layer of the U-Net has a name that ends so",
      field: "method.targets",
      value: config.targets,
      remedy: 'name layers such as "to_q", "to_out.0", "proj_in" or "ff.net.2"',
    });
  }
  const scales = loraScales(adapters, config);
  return {
    params: adapters,
    unetParams: (adapters) => ({ ...unet.params, ...scales, ...adapters }),
    addition: (adapters) => ({ lora: { adapters, rank: config.rank, alpha: config.alpha } }),
  };
}
