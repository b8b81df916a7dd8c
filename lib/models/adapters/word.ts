import { UserError } from "../../errors/mod.ts";
import type { Tensor } from "../../tensorflow/mod.ts";
import type { StableDiffusion } from "../stable_diffusion/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";

/** A word that a text encoder has learned (Gal et al. 2023, "textual inversion"). */
export type LearnedWord = {
  placeholder: string;
  /** Its row in the table of token embeddings, [1, d]. */
  row: Tensor;
};

const table = "text_model.embeddings.token_embedding";

/**
 * The text half of a model, which knows one more word.
 *
 * @throws UserError if the word is a token already, or the row of another width than the others; or if
 * the text encoder has not one row for each token
 */
export function withWord(
  { tokenizer, textEncoder }: Pick<StableDiffusion, "tokenizer" | "textEncoder">,
  { placeholder, row }: LearnedWord,
): Pick<StableDiffusion, "tokenizer" | "textEncoder"> {
  const [rows, width] = textEncoder.params[`${table}.weight`].shape;
  if (rows !== tokenizer.vocabSize) {
    throw new UserError({
      what: `the tokenizer has ${tokenizer.vocabSize} tokens, the text encoder ${rows}`,
      remedy: "use a model whose text encoder has a row for each token",
    });
  }
  if (row.shape[1] !== width) {
    throw new UserError({
      what: `${placeholder} has ${row.shape[1]} numbers, the model's words have ${width}`,
      remedy: "use a word and a model that belong together",
    });
  }
  const extended = knowing(tokenizer, placeholder);
  return {
    tokenizer: extended,
    textEncoder: {
      config: { ...textEncoder.config, vocab_size: extended.vocabSize },
      params: { ...textEncoder.params, [`${table}.added.weight`]: row },
    },
  };
}

function knowing(tokenizer: Tokenizer, placeholder: string): Tokenizer {
  try {
    return tokenizer.addToken(placeholder);
  } catch (error) {
    throw new UserError({
      what: (error as Error).message,
      remedy: "use a model that does not know the word, or give the word another name",
    }, { cause: error });
  }
}
