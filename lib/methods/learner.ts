/** What learns in a training: of the U-Net, of the text encoder, or of both. */
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { type Params, prefixed, scoped } from "../nn/mod.ts";
import type { TextPart } from "./text_part.ts";

/** What of the U-Net learns. */
export type UnetPart = {
  params: Params;
  /** All of the U-Net's parameters, with what was learned among them. */
  unetParams(params: Params): Params;
};

export type Learner = UnetPart & {
  /** The text encoder's states [n, length, d] of what `encode` has answered with. */
  contexts: TextPart["contexts"];
  encode: TextPart["encode"];
  /** A parameter's share of the learning rate. */
  rateOf(name: string): number;
  /** The model with the learned parameters in place, whose tensors it shares. */
  adapted(params: Params): StableDiffusion;
};

/** All of the U-Net. */
export function wholeUnet({ unet }: Pick<StableDiffusion, "unet">): UnetPart {
  return { params: unet.params, unetParams: (params) => params };
}

/** Nothing of the U-Net. */
export function frozenUnet({ unet }: Pick<StableDiffusion, "unet">): UnetPart {
  return { params: {}, unetParams: () => unet.params };
}

/** Where both parts learn, each one's parameters have its prefix. */
const prefixes = { unet: "unet", text: "text_encoder" };

export function createLearner(model: StableDiffusion, unet: UnetPart, text: TextPart): Learner {
  const both = Object.keys(unet.params).length > 0 && Object.keys(text.params).length > 0;
  const partOf = (params: Params, part: "unet" | "text") =>
    both ? scoped(params, prefixes[part]) : params;
  const unetParams = (params: Params) => unet.unetParams(partOf(params, "unet"));
  return {
    params: both
      ? { ...prefixed(unet.params, prefixes.unet), ...prefixed(text.params, prefixes.text) }
      : { ...unet.params, ...text.params },
    unetParams,
    encode: text.encode,
    contexts: (params, encoded) => text.contexts(partOf(params, "text"), encoded),
    rateOf: (name) => both && name.startsWith(`${prefixes.text}.`) ? text.rate ?? 1 : 1,
    adapted: (params) => ({
      ...model,
      ...text.adapted(partOf(params, "text")),
      unet: { ...model.unet, params: unetParams(params) },
    }),
  };
}
