/** A new word, learned by textual inversion, and its file. */
import { UserError } from "../../internal/runtime/mod.ts";
import { type Tensor, tf } from "../../internal/tensor/mod.ts";
import { storedParams } from "../files/parameters.ts";
import { openSafetensors, writeSafetensors } from "../files/safetensors.ts";
import type { StableDiffusion } from "../stable_diffusion/stable_diffusion.ts";
import type { Tokenizer } from "../tokenizer/clip_tokenizer.ts";
import { hashMetadata } from "./origin.ts";

/** A word that a text encoder has learned (Gal et al. 2023, "textual inversion"). */
export type LearnedWord = {
  placeholder: string;
  /** Its rows in the table of token embeddings, [n, d]: it stands for n tokens, often for one. */
  rows: Tensor;
};

const table = "text_model.embeddings.token_embedding";

/**
 * A tokenizer and text encoder with one more word.
 *
 * @throws UserError if the word is a token already, or its rows of another width than the others; or
 * if the text encoder has not one row for each token
 */
export function withWord(
  { tokenizer, textEncoder }: Pick<StableDiffusion, "tokenizer" | "textEncoder">,
  { placeholder, rows }: LearnedWord,
): Pick<StableDiffusion, "tokenizer" | "textEncoder"> {
  const [vocabulary, width] = textEncoder.params[`${table}.weight`].shape;
  if (vocabulary !== tokenizer.vocabSize) {
    throw new UserError({
      what: `the tokenizer has ${tokenizer.vocabSize} tokens, the text encoder ${vocabulary}`,
      remedy: "use a model whose text encoder has a row for each token",
    });
  }
  if (rows.shape[1] !== width) {
    throw new UserError({
      what: `${placeholder} has ${rows.shape[1]} numbers, the model's words have ${width}`,
      remedy: "use a word and a model that belong together",
    });
  }
  const extended = knowing(tokenizer, placeholder, rows.shape[0]);
  return {
    tokenizer: extended,
    textEncoder: {
      config: { ...textEncoder.config, vocab_size: extended.vocabSize },
      params: { ...textEncoder.params, [`${table}.added.weight`]: rows },
    },
  };
}

function knowing(tokenizer: Tokenizer, placeholder: string, count: number): Tokenizer {
  try {
    return tokenizer.addToken(placeholder, count);
  } catch (error) {
    throw new UserError({
      what: (error as Error).message,
      remedy: "use a model that does not know the word, or give the word another name",
    }, { cause: error });
  }
}

// A learned word as a file.

/**
 * Writes a learned word as diffusers' `load_textual_inversion`, AUTOMATIC1111's web UI and ComfyUI read
 * it: one tensor, [d] or of several rows [n, d], called as the word is. User interfaces call it as the file is called.
 *
 * @param metadata more of it, as {@link originMetadata} has it
 */
export async function saveEmbedding(
  file: string,
  { placeholder, rows }: LearnedWord,
  metadata: Record<string, string> = {},
): Promise<void> {
  const embedding = rows.shape[0] === 1 ? tf.squeeze(rows, [0]) : tf.clone(rows);
  const tensors = storedParams({ [placeholder]: embedding }, "F32");
  await writeSafetensors(file, tensors, { ...metadata, ...hashMetadata(tensors) });
  embedding.dispose();
}

/** Far more than any text encoder's. */
const widest = 1 << 16;

/** @throws UserError if the file holds anything but one word, of rows of finite numbers */
export async function loadEmbedding(file: string): Promise<LearnedWord> {
  using opened = await openSafetensors(file);
  const [word, ...others] = opened.entries;
  const width = word?.shape.at(-1) ?? 0;
  const counts = word?.shape.slice(0, -1) ?? [];
  const isRows = width >= 1 && width <= widest &&
    (counts.length === 1 ? counts[0] >= 1 : counts.every((n) => n === 1));
  if (!isRows || others.length > 0 || word.name.trim() === "") {
    throw new UserError({
      what: "this is not an embedding of one word",
      file,
      remedy: "give a learned_embeds.safetensors as diffusers or this project saves it",
    });
  }
  const { data } = opened.readWeights(word);
  return {
    placeholder: word.name,
    rows: tf.tensor(Float32Array.from(data), [counts[0] ?? 1, width]),
  };
}
