/** A new word for the style, one row of the text encoder's token embedding, which is all that learns. */
import { z } from "zod";
import { UserError } from "../errors/mod.ts";
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

/** @throws UserError if the tokenizer knows the placeholder, or other words than the text encoder */
export function createStyleToken(
  { placeholder, initializer, decayOtherRows }: StyleTokenConfig & { initializer: string },
  { tokenizer: known, textEncoder }: Pick<StableDiffusion, "tokenizer" | "textEncoder">,
): TextPart {
  const weight = textEncoder.params[`${table}.weight`];
  if (weight.shape[0] !== known.vocabSize) {
    throw new UserError({
      what: `the tokenizer has ${known.vocabSize} tokens, the text encoder ${weight.shape[0]}`,
      remedy: "use a model whose text encoder has a row for each token",
    });
  }
  const tokenizer = known.addToken(placeholder);
  const config = { ...textEncoder.config, vocab_size: tokenizer.vocabSize };
  const withToken = (params: Params) => ({ ...textEncoder.params, ...params });
  return {
    params: {
      [`${table}.added.weight`]: meanRow(weight, known.tokenize(initializer)),
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
  };
}

/** [1, d] */
function meanRow(weight: Tensor, ids: readonly number[]): Tensor {
  return tf.tidy(() => tf.mean(gather(weight, tf.tensor1d([...ids], "int32")), 0, true));
}
