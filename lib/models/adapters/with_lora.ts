import { mergeLora, type Params } from "../../nn/mod.ts";
import type { StableDiffusion } from "../stable_diffusion/mod.ts";

/** `${layer}.lora.down.weight`, `.up.weight` and `.scale`, for layers of each network. */
export type LoraAdapters = { unet: Params; textEncoder: Params };

/** The model with the adapters added to its weights. It shares all others with `model`. */
export function withLora(
  model: StableDiffusion,
  { unet, textEncoder }: LoraAdapters,
): StableDiffusion {
  return {
    ...model,
    unet: { ...model.unet, params: mergeLora({ ...model.unet.params, ...unet }) },
    textEncoder: {
      ...model.textEncoder,
      params: mergeLora({ ...model.textEncoder.params, ...textEncoder }),
    },
  };
}
