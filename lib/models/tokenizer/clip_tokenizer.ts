/** CLIP's tokenizer: text to token ids, padded to the text encoder's length. */
import { dataFile } from "../../internal/runtime/mod.ts";
import {
  applyMerges,
  endOfText,
  joinTokens,
  type Merge,
  rankMerges,
  splitWords,
  startOfText,
  type Vocabulary,
  vocabularyOf,
  wordSymbols,
} from "./bpe.ts";

/** What a tokenizer is made of, as its folder stores it. */
type TokenizerData = Vocabulary & {
  /** Ids that `encode` gives, 77 in Stable Diffusion. */
  maxLength: number;
  /** What fills the ids up: the end of text in Stable Diffusion 1, "!" in 2. */
  padToken: string;
  /** Ids of placeholder words, such as "<style-token>". */
  addedTokens: Record<string, number>;
};

/** CLIP's tokenizer: text to the ids that its text model takes, and back. */
export type Tokenizer = {
  data: TokenizerData;
  /** The number of ids, added tokens included: the rows a token embedding needs. */
  vocabSize: number;
  bosId: number;
  eosId: number;
  padId: number;
  /** Start, as many of the text's ids as there is room for, end, padding. [maxLength] */
  encode(text: string): number[];
  /** The text's own ids, all of them. */
  tokenize(text: string): number[];
  /** The text in lower case, without start, end and padding. */
  decode(ids: readonly number[]): string;
  /** The number of words, digits and runs of signs. */
  countWords(text: string): number;
  /**
   * A tokenizer that also knows `text`, as it stands, as `count` tokens in a row, one by default, with
   * the ids from `vocabSize` on. As in diffusers, those after the first are called `${text}_1`,
   * `${text}_2` …
   *
   * @throws Error if it is one token already
   */
  addToken(text: string, count?: number): Tokenizer;
};

/**
 * A tokenizer of a vocabulary.
 *
 * ```ts
 * const tokenizer = createTokenizer(trainBpe(["a red apple"], 600)).addToken("<style-token>");
 * tokenizer.encode("a red apple in <style-token> style");
 * ```
 *
 * @throws Error if the vocabulary lacks the start, end or padding token, or its ids have gaps; or if
 *   an added token is empty, or longer than 256 characters
 */
export function createTokenizer(
  parts: Vocabulary & Partial<TokenizerData>,
): Tokenizer {
  const data = { maxLength: 77, padToken: endOfText, addedTokens: {}, ...parts };
  const { vocab, merges, maxLength, padToken, addedTokens } = data;
  const idOf = new Map([...Object.entries(vocab), ...Object.entries(addedTokens)]);
  requireRows(idOf);
  requireLiterals(Object.keys(addedTokens));
  const special = [startOfText, endOfText, padToken];
  const [bosId, eosId, padId] = special.map((token) => {
    const id = idOf.get(token);
    if (id === undefined) throw new Error(`the vocabulary has no "${token}"`);
    return id;
  });

  const literals = new Set([...Object.keys(addedTokens), ...special]);
  const literal = anyOf([...literals]);
  const ranks = rankMerges(merges);
  const idsOfWord = new Map<string, number[]>();

  /** What `text` consists of: literal tokens, and words to be broken into tokens. */
  const split = (text: string) =>
    text.split(literal).flatMap((piece) => literals.has(piece) ? [piece] : splitWords(piece));

  /** A word of several vectors becomes all of its tokens. */
  const idsOfLiteral = (word: string): number[] => {
    const ids = [idOf.get(word)!];
    while (Object.hasOwn(addedTokens, `${word}_${ids.length}`)) {
      ids.push(addedTokens[`${word}_${ids.length}`]);
    }
    return ids;
  };

  const tokenizeWord = (word: string): number[] => {
    const known = idsOfWord.get(word);
    if (known) return known;
    const ids = literals.has(word)
      ? idsOfLiteral(word)
      : applyMerges(wordSymbols(word), ranks).map((token) => idOf.get(token) ?? eosId);
    idsOfWord.set(word, ids);
    return ids;
  };
  const tokenize = (text: string) => split(text).flatMap(tokenizeWord);

  const tokenOf = new Map([...idOf].map(([token, id]) => [id, token]));
  const symbolsOf = (id: number) => {
    const token = tokenOf.get(id);
    if (token === undefined) throw new RangeError(`no token has the id ${id}`);
    return Object.hasOwn(addedTokens, token) ? wordSymbols(token).join("") : token;
  };

  return {
    data,
    vocabSize: idOf.size,
    bosId,
    eosId,
    padId,
    encode(text) {
      const ids = [bosId, ...tokenize(text).slice(0, maxLength - 2), eosId];
      return [...ids, ...Array(maxLength - ids.length).fill(padId)];
    },
    tokenize,
    decode(ids) {
      const own = ids.filter((id) => id !== bosId && id !== eosId && id !== padId);
      return joinTokens(own.map(symbolsOf));
    },
    countWords: (text) => split(text).length,
    addToken(text, count = 1) {
      if (text.trim() === "") throw new Error("a token to be added needs at least one character");
      const tokens = Array.from({ length: count }, (_, i) => i === 0 ? text : `${text}_${i}`);
      const known = tokens.find((token) => idOf.has(token) || tokenize(token).length === 1);
      if (known !== undefined) {
        throw new Error(`"${known}" is a token already: choose another placeholder`);
      }
      const added = Object.fromEntries(tokens.map((token, i) => [token, idOf.size + i]));
      return createTokenizer({ ...data, addedTokens: { ...addedTokens, ...added } });
    },
  };
}

const maxAddedTokens = 10_000;
const maxAddedTokenLength = 256;

/** @throws Error unless the tokens can be looked for in a text, all at once */
function requireLiterals(tokens: string[]): void {
  if (tokens.length > maxAddedTokens) {
    throw new Error(`there are more than ${maxAddedTokens} added tokens`);
  }
  if (tokens.includes("")) throw new Error("one of the added tokens is empty");
  const long = tokens.find(({ length }) => length > maxAddedTokenLength);
  if (long === undefined) return;
  throw new Error(
    `the added token "${long.slice(0, 20)}…" is longer than ${maxAddedTokenLength} characters`,
  );
}

/** @throws Error unless the ids are 0, 1, 2 …, in any order: each is a row of a table */
function requireRows(idOf: ReadonlyMap<string, number>): void {
  const seen = new Set<number>();
  for (const [token, id] of idOf) {
    if (Number.isInteger(id) && id >= 0 && id < idOf.size && !seen.has(id)) seen.add(id);
    else throw new Error(`of ${idOf.size} tokens, ${JSON.stringify(token)} has the id ${id}`);
  }
}

/** Matches, and with `split` keeps, any of `texts`, the longest that fits. */
function anyOf(texts: string[]): RegExp {
  const longestFirst = texts.sort((a, b) => b.length - a.length);
  return new RegExp(`(${longestFirst.map((text) => RegExp.escape(text)).join("|")})`, "u");
}

/** The vocabulary of OpenAI's CLIP, and of Stable Diffusion: 49,408 tokens. */
export async function clipVocabulary(): Promise<Vocabulary> {
  const packed = new Blob([await Deno.readFile(dataFile("tokenizers/clip/merges.txt.gz"))]);
  const text = await new Response(
    packed.stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
  const merges = text.trimEnd().split("\n").map((line) => line.split(" ") as unknown as Merge);
  return vocabularyOf(merges);
}
