/** Everything that a method trains, as one set of parameters. */
import { UserError } from "../internal/runtime/mod.ts";
import type { Tensor } from "../internal/tensor/mod.ts";
import { type Params, prefixed, scoped, type StableDiffusion } from "../models/mod.ts";
import type { Addition, LearnedText, Trainable } from "./trainable.ts";

type Learner = {
  /**
   * The initial values of all trainable parameters; with several parts, each one's under its name.
   */
  params: Params;
  /** A parameter's share of the learning rate. */
  rateOf(name: string): number;
  /** What the style is called in captions and prompts. */
  styleWords: string;
  /** All of the denoiser's parameters; may be called inside a compiled step. */
  denoiser(params: Params): Params;
  /** A batch's captions, one row each. */
  encode: LearnedText["encode"];
  /** The text encoder's states [n, length, d] of such rows; may be called inside a compiled step. */
  contexts: LearnedText["contexts"];
  /** The model with the learned parameters in place, whose tensors it shares. */
  adapted(params: Params): StableDiffusion;
  /** What was learned as a file of its own, where all of it can be one. */
  addition?(params: Params): Addition;
};

/** @throws UserError if two parts train the text encoder, or the model lacks what a part trains */
export function createLearner(
  model: StableDiffusion,
  trainables: readonly Trainable[],
  styleWords: string,
): Learner {
  const parts = trainables.map((trainable) => ({
    name: trainable.name,
    ...trainable.create(model, styleWords),
  }));
  const texts = parts.filter(({ text }) => text);
  if (texts.length > 1) {
    throw new UserError({
      what: `${texts.map(({ name }) => name).join(" and ")} both train the text encoder`,
      field: "trainable",
      remedy: "keep one of them",
    });
  }
  const only = parts.length === 1;
  const ownOf = (params: Params, name: string) => only ? params : scoped(params, name);
  const [textPart] = texts;
  const text = textPart?.text ?? frozenText(model);
  const denoiser = (params: Params) =>
    parts.reduce(
      (all, { name, denoiser }) => denoiser?.(ownOf(params, name), all) ?? all,
      model.unet.params,
    );
  const textParams = (params: Params) => textPart ? ownOf(params, textPart.name) : {};
  const { addition } = parts[0];
  return {
    params: only
      ? parts[0].params
      : Object.assign({}, ...parts.map(({ name, params }) => prefixed(params, name))),
    rateOf: (parameter) =>
      (only ? parts[0] : parts.find(({ name }) => parameter.startsWith(`${name}.`)))?.rate ?? 1,
    styleWords: parts.find(({ styleWords }) => styleWords)?.styleWords ?? styleWords,
    denoiser,
    encode: text.encode,
    contexts: (params, encoded) => text.contexts(textParams(params), encoded),
    adapted: (params) => ({
      ...model,
      ...text.adapted(textParams(params)),
      unet: { ...model.unet, params: denoiser(params) },
    }),
    ...(only && addition && { addition }),
  };
}

/** Captions are encoded when a batch is made. */
function frozenText(model: StableDiffusion): LearnedText {
  const { tokenizer, textEncoder } = model;
  return {
    encode: (captions) => model.encodePrompts(captions),
    contexts: (_, states): Tensor => states,
    adapted: () => ({ tokenizer, textEncoder }),
  };
}
