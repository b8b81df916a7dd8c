/** A new word for the style, one row of the text encoder's token embedding, which is all that learns. */
import { z } from "zod";
import { type LearnedWord, withWord } from "../models/adapters/mod.ts";
import { clipText } from "../models/clip/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { frozen, type Params } from "../nn/mod.ts";
import { promptIds } from "../sampling/mod.ts";
import { gather, type Tensor, tf } from "../tensorflow/mod.ts";
import type { TextPart } from "./text_part.ts";

const table = "text_model.embeddings.token_embedding";

export const styleTokenSchema = z.strictObject({
  placeholder: z.string().min(1).default("<style-token>").describe("The new word"),
  initializer: z.string().min(1).optional().describe(
    "Words whose mean row it starts as; the style's own words by default",
  ),
  decayOtherRows: z.boolean().default(false).describe(
    "Whether weight decay moves the rows of all other words too, as in the released code",
  ),
});

export type StyleTokenConfig = z.infer<typeof styleTokenSchema>;

/** A word that learns. */
export type StyleToken = TextPart & {
  /** The word alone. It shares the tensor. */
  word(params: Params): LearnedWord;
};

/** @throws UserError if the tokenizer knows the placeholder, or other words than the text encoder */
export function createStyleToken(
  { placeholder, initializer, decayOtherRows }: StyleTokenConfig & { initializer: string },
  model: Pick<StableDiffusion, "tokenizer" | "textEncoder">,
): StyleToken {
  const weight = model.textEncoder.params[`${table}.weight`];
  const row = meanRow(weight, model.tokenizer.tokenize(initializer));
  const { tokenizer, textEncoder: { config } } = withWord(model, { placeholder, row });
  const withToken = (params: Params) => ({ ...model.textEncoder.params, ...params });
  return {
    params: {
      [`${table}.added.weight`]: row,
      ...(decayOtherRows && { [`${table}.weight`]: weight }),
    },
    encode: (captions) => promptIds(tokenizer, captions),
    contexts(params, ids) {
      const others = params[`${table}.weight`];
      const rows = { ...params, ...(others && { [`${table}.weight`]: frozen(others) }) };
      return clipText(withToken(rows), config, ids).lastHiddenState;
    },
    adapted: (params) => ({
      tokenizer,
      textEncoder: { config, params: withToken(params) },
    }),
    word: (params) => ({ placeholder, row: params[`${table}.added.weight`] }),
  };
}

/** [1, d] */
function meanRow(weight: Tensor, ids: readonly number[]): Tensor {
  return tf.tidy(() => tf.mean(gather(weight, tf.tensor1d([...ids], "int32")), 0, true));
}
