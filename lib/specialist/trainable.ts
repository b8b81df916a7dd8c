/**
 * What is trained: the denoiser, the text encoder, or both. Each of these is a value for a method's
 * slot `trainable`; the parts of a list are trained together.
 */
import { z } from "zod";
import { createRandom } from "../data/mod.ts";
import { UserError, validate } from "../internal/runtime/mod.ts";
import { gather, type Tensor, tf } from "../internal/tensor/mod.ts";
import {
  clipText,
  createLora,
  frozen,
  type LearnedWord,
  loraScales,
  type LoraWeights,
  type Params,
  promptIds,
  type StableDiffusion,
  withWord,
} from "../models/mod.ts";
import { type Part, shipped } from "./part.ts";

export type Trainable = Part & {
  /**
   * The trainable part of a model.
   *
   * @param styleWords what the style is called in captions
   * @throws UserError if the model has no such part
   */
  create(model: StableDiffusion, styleWords: string): Learned;
};

/** Trainable parameters, and how they change the model. */
export type Learned = {
  /** Their initial values, by name. */
  params: Params;
  /** Their share of the learning rate; 1 by default. */
  rate?: number;
  /** The style's new words, if it gets any. */
  styleWords?: string;
  /** All of the denoiser's parameters, given the others; may be called inside a compiled step. */
  denoiser?(learned: Params, others: Params): Params;
  /** How captions reach the denoiser, where the text encoder learns. */
  text?: LearnedText;
  /** What was learned as a file of its own, where the rest of the model is unchanged. */
  addition?(learned: Params): Addition;
};

export type LearnedText = {
  /** What a batch holds of captions, a row each. */
  encode(captions: readonly string[]): Tensor;
  /** The text encoder's states [n, length, d] of such rows; may be called inside a compiled step. */
  contexts(learned: Params, encoded: Tensor): Tensor;
  /** The tokenizer and text encoder of the adapted model. */
  adapted(learned: Params): Pick<StableDiffusion, "tokenizer" | "textEncoder">;
};

/** Low-rank adapters, or a new word. */
export type Addition = { lora: LoraWeights } | { word: LearnedWord };

/** The whole U-Net. */
export function wholeUnet(): Trainable {
  return shipped({
    name: "unet",
    create: ({ unet }) => ({ params: unet.params, denoiser: (learned) => learned }),
  });
}

/**
 * The U-Net's parameters with names that `where` accepts, such as
 * "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight".
 */
export function unetWhere(where: (name: string) => boolean): Trainable {
  return shipped({
    name: "unet part",
    settings: { where },
    create({ unet }) {
      const names = Object.keys(unet.params).filter(where);
      if (names.length === 0) {
        const examples = Object.keys(unet.params).slice(0, 3).join(", ");
        throw new UserError({
          what: "unetWhere: no parameter of the U-Net has a name that is accepted",
          field: "trainable",
          remedy: `accept some of its ${
            Object.keys(unet.params).length
          } names, such as ${examples}`,
        });
      }
      const params = Object.fromEntries(names.map((name) => [name, unet.params[name]]));
      return { params, denoiser: (learned, others) => ({ ...others, ...learned }) };
    },
  });
}

export const loraSchema = z.strictObject({
  rank: z.int().positive().default(4).describe("Inner width of each adapter"),
  alpha: z.number().positive().default(4).describe("Adapters are scaled by alpha / rank"),
  targets: z.array(z.string().min(1)).min(1).default(["to_q", "to_k", "to_v", "to_out.0"])
    .describe("Ends of the names of the layers that are adapted"),
});

/** Low-rank adapters of the U-Net's linear layers (Hu et al., ICLR 2022); the U-Net stays as it is. */
export function loraAdapters(settings: z.input<typeof loraSchema> = {}): Trainable {
  const { rank, alpha, targets } = validate(loraSchema, settings, "loraAdapters");
  return shipped({
    name: "lora",
    settings: { rank, alpha, targets },
    create({ unet }) {
      const adapters = createLora(unet.params, { rank, targets }, createRandom("lora"));
      if (Object.keys(adapters).length === 0) {
        throw new UserError({
          what: "no linear layer of the U-Net has a name that ends so",
          field: "method.targets",
          value: targets,
          remedy: 'name layers such as "to_q", "to_out.0", "proj_in" or "ff.net.2"',
        });
      }
      const scales = loraScales(adapters, { rank, alpha });
      return {
        params: adapters,
        denoiser: (learned, others) => ({ ...others, ...scales, ...learned }),
        addition: (learned) => ({ lora: { adapters: learned, rank, alpha } }),
      };
    },
  });
}

export const tokenSchema = z.strictObject({
  placeholder: z.string().min(1).default("<style-token>").describe("The new word"),
  initializer: z.string().min(1).optional().describe(
    "Words whose mean row it starts as; the style's own words by default",
  ),
  vectors: z.int().positive().optional().describe(
    "Rows that it has, the text encoder's tokens that it stands for; 1 by default",
  ),
  decayOtherRows: z.boolean().default(false).describe(
    "Whether weight decay also changes the rows of all other words, as in the released code",
  ),
});

const table = "text_model.embeddings.token_embedding";

/**
 * A new word for the style (Gal et al., ICLR 2023): one row of the text encoder's token embedding, or
 * as many as there are `vectors`, which captions show in turn.
 */
export function newToken(settings: z.input<typeof tokenSchema> = {}): Trainable {
  const { placeholder, initializer, vectors, decayOtherRows } = validate(
    tokenSchema,
    settings,
    "newToken",
  );
  return shipped({
    name: "token",
    settings: { placeholder, initializer, vectors, decayOtherRows },
    create(model, styleWords) {
      const weight = model.textEncoder.params[`${table}.weight`];
      const ids = model.tokenizer.tokenize(initializer ?? styleWords);
      const rows = tf.tidy(() => tf.tile(meanRow(weight, ids), [vectors ?? 1, 1]));
      const { tokenizer, textEncoder: { config } } = withWord(model, { placeholder, rows });
      const withToken = (learned: Params) => ({ ...model.textEncoder.params, ...learned });
      return {
        params: {
          [`${table}.added.weight`]: rows,
          ...(decayOtherRows && { [`${table}.weight`]: weight }),
        },
        styleWords: placeholder,
        text: {
          encode: (captions) => promptIds(tokenizer, captions),
          contexts(learned, ids) {
            const others = learned[`${table}.weight`];
            const all = { ...learned, ...(others && { [`${table}.weight`]: frozen(others) }) };
            return clipText(withToken(all), config, ids).lastHiddenState;
          },
          adapted: (learned) => ({
            tokenizer,
            textEncoder: { config, params: withToken(learned) },
          }),
        },
        addition: (learned) => ({ word: { placeholder, rows: learned[`${table}.added.weight`] } }),
      };
    },
  });
}

/** [1, d] */
function meanRow(weight: Tensor, ids: readonly number[]): Tensor {
  return tf.tidy(() => tf.mean(gather(weight, tf.tensor1d([...ids], "int32")), 0, true));
}

/** The whole text encoder, at a share of the learning rate, as diffusers' DreamBooth can. */
export function textEncoder({ rate = 1 }: { rate?: number } = {}): Trainable {
  return shipped({
    name: "text_encoder",
    settings: { rate },
    create: ({ tokenizer, textEncoder }) => ({
      params: textEncoder.params,
      rate,
      text: {
        encode: (captions) => promptIds(tokenizer, captions),
        contexts: (learned, ids) => clipText(learned, textEncoder.config, ids).lastHiddenState,
        adapted: (learned) => ({ tokenizer, textEncoder: { ...textEncoder, params: learned } }),
      },
    }),
  });
}

export const textEncoderSchema = z.strictObject({
  rate: z.number().positive().describe(
    "Train the text encoder too, as diffusers' DreamBooth can, at this share of the learning rate",
  ),
});
