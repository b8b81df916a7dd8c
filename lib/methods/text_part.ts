/** The text encoder's share in a training: none, all of it, or, in style_token.ts, a word. */
import { z } from "zod";
import { clipText } from "../models/clip/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import type { Params } from "../nn/mod.ts";
import { encodePrompts, promptIds } from "../sampling/mod.ts";
import type { Tensor } from "../tensorflow/mod.ts";

/** What of the text encoder learns, and how captions reach the U-Net. */
export type TextPart = {
  /** What learns, under the text encoder's names. */
  params: Params;
  /** Its share of the learning rate; 1 by default. */
  rate?: number;
  /** What a batch holds of captions, a row each. */
  encode(captions: readonly string[]): Tensor;
  /** The text encoder's states [n, length, d] of such rows. May be called inside a compiled step. */
  contexts(params: Params, encoded: Tensor): Tensor;
  /** The tokenizer and text encoder that the adapted model has. */
  adapted(params: Params): Pick<StableDiffusion, "tokenizer" | "textEncoder">;
};

type TextModel = Pick<StableDiffusion, "tokenizer" | "textEncoder">;

export const textEncoderFields = {
  textEncoder: z.strictObject({
    rate: z.number().positive().describe(
      "Train the text encoder too, as diffusers' DreamBooth can, at this share of the learning rate",
    ),
  }).optional().describe("The text encoder's training; it stays as it is without"),
};

export type TextEncoderConfig = z.infer<z.ZodObject<typeof textEncoderFields>>;

/** The whole text encoder if the config says so, else nothing of it. */
export function createTextPart({ textEncoder }: TextEncoderConfig, model: TextModel): TextPart {
  return textEncoder ? wholeTextEncoder(model, textEncoder.rate) : frozenText(model);
}

/** Captions are encoded when a batch is made. */
export function frozenText({ tokenizer, textEncoder }: TextModel): TextPart {
  return {
    params: {},
    encode: (captions) => encodePrompts({ tokenizer, textEncoder }, captions),
    contexts: (_, states) => states,
    adapted: () => ({ tokenizer, textEncoder }),
  };
}

function wholeTextEncoder({ tokenizer, textEncoder }: TextModel, rate: number): TextPart {
  return {
    params: textEncoder.params,
    rate,
    encode: (captions) => promptIds(tokenizer, captions),
    contexts: (params, ids) => clipText(params, textEncoder.config, ids).lastHiddenState,
    adapted: (params) => ({ tokenizer, textEncoder: { ...textEncoder, params } }),
  };
}
