/** Byte-pair encoding as CLIP's tokenizer does it: words, merges, and their training. */

// How CLIP's tokenizer makes words of a text, before it breaks them into tokens.

export const startOfText = "<|startoftext|>";
export const endOfText = "<|endoftext|>";

/** Marks the last symbol of a word. */
const endOfWord = "</w>";

const wordPattern =
  /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu;

/** The words, numbers and signs of a text, composed (NFC) and in lower case. */
export function splitWords(text: string): string[] {
  // Each code point on its own: JavaScript alone would give Greek its final sigma.
  const lower = Array.from(text.normalize("NFC"), (point) => point.toLowerCase()).join("");
  return lower.match(wordPattern) ?? [];
}

const printableBytes = [...range(0x21, 0x7e), ...range(0xa1, 0xac), ...range(0xae, 0xff)];
const otherBytes = range(0, 0xff).filter((byte) => !printableBytes.includes(byte));

const characterOf = new Map([
  ...printableBytes.map((byte) => [byte, String.fromCodePoint(byte)] as const),
  ...otherBytes.map((byte, i) => [byte, String.fromCodePoint(0x100 + i)] as const),
]);
const byteOf = new Map([...characterOf].map(([byte, character]) => [character, byte]));

/**
 * A character for each byte, in the order of CLIP's vocabulary: those that print stand for
 * themselves, the others are U+0100 and following.
 */
const byteAlphabet: readonly string[] = [...characterOf.values()];

/** The symbols a word consists of: its UTF-8 bytes, the last one marked. */
export function wordSymbols(word: string): string[] {
  const symbols = Array.from(new TextEncoder().encode(word), (byte) => characterOf.get(byte)!);
  symbols[symbols.length - 1] += endOfWord;
  return symbols;
}

/** The text that a row of tokens stands for, with a space after each word. */
export function joinTokens(tokens: readonly string[]): string {
  const characters = [...tokens.join("").replaceAll(endOfWord, " ")];
  const bytes = characters.map((character) => byteOf.get(character) ?? 0x20);
  return new TextDecoder().decode(Uint8Array.from(bytes)).trim();
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

// Byte-pair encoding: words become tokens by merging neighbouring symbols.

/** Two neighbouring symbols that become one. */
export type Merge = readonly [string, string];

export type Vocabulary = {
  /** The id of each token. */
  vocab: Record<string, number>;
  /** The first is applied first. */
  merges: Merge[];
};

/** The place of each merge, by `pairKey`. */
type MergeRanks = ReadonlyMap<string, number>;

export function rankMerges(merges: readonly Merge[]): MergeRanks {
  return new Map(merges.map((merge, rank) => [pairKey(...merge), rank]));
}

/** Merges the pair that ranks first, everywhere in the word, until none is left. */
export function applyMerges(symbols: string[], ranks: MergeRanks): string[] {
  while (true) {
    const first = pairs(symbols)
      .map((pair) => ({ pair, rank: ranks.get(pairKey(...pair)) ?? Infinity }))
      .reduce((a, b) => b.rank < a.rank ? b : a, { pair: ["", ""] as Merge, rank: Infinity });
    if (first.rank === Infinity) return symbols;
    symbols = mergePair(symbols, first.pair);
  }
}

/**
 * A vocabulary in CLIP's form, learned from a corpus: the bytes, the bytes that end a word, the
 * merges with the most frequent pair first, `<|startoftext|>` and `<|endoftext|>`. Merging goes on
 * until the vocabulary is full or every word of the corpus is one token.
 *
 * ```ts
 * const { vocab } = trainBpe(["a red apple", "a green apple"], 600);
 * vocab["apple</w>"];
 * ```
 *
 * @param vocabSize at least 514, which leaves room for no merge
 */
export function trainBpe(corpus: readonly string[], vocabSize: number): Vocabulary {
  const room = vocabSize - alphabet.length - special.length;
  if (room < 0) {
    throw new RangeError(`a vocabulary of ${vocabSize} has no room for the bytes: make it 514`);
  }
  return vocabularyOf(learnMerges(countWords(corpus), room));
}

const alphabet = [...byteAlphabet, ...byteAlphabet.map((symbol) => symbol + endOfWord)];
const special = [startOfText, endOfText];

/** The vocabulary of some merges: bytes, bytes that end a word, merges, start and end of text. */
export function vocabularyOf(merges: Merge[]): Vocabulary {
  const tokens = new Set([...alphabet, ...merges.map(([left, right]) => left + right), ...special]);
  return { vocab: Object.fromEntries([...tokens].map((token, id) => [token, id])), merges };
}

type CountedWord = { symbols: string[]; count: number };

function countWords(corpus: readonly string[]): CountedWord[] {
  const counts = new Map<string, number>();
  for (const text of corpus) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  counts.delete(startOfText);
  counts.delete(endOfText);
  return Array.from(counts, ([word, count]) => ({ symbols: wordSymbols(word), count }));
}

/** How often a pair occurs, and in which words. */
type PairCount = { pair: Merge; count: number; words: Set<CountedWord> };

function learnMerges(words: CountedWord[], limit: number): Merge[] {
  const counts = new Map<string, PairCount>();
  const count = (word: CountedWord, sign: 1 | -1) => {
    for (const pair of pairs(word.symbols)) {
      const key = pairKey(...pair);
      const entry = counts.get(key) ?? { pair, count: 0, words: new Set() };
      entry.count += sign * word.count;
      entry.words.add(word);
      if (entry.count > 0) counts.set(key, entry);
      else counts.delete(key);
    }
  };
  for (const word of words) count(word, 1);

  const merges: Merge[] = [];
  while (merges.length < limit && counts.size > 0) {
    const { pair, words } = mostFrequent(counts);
    merges.push(pair);
    for (const word of [...words]) {
      count(word, -1);
      word.symbols = mergePair(word.symbols, pair);
      count(word, 1);
    }
  }
  return merges;
}

/** Of equally frequent pairs, the first in the order of their characters. */
function mostFrequent(counts: Map<string, PairCount>): PairCount {
  let [bestKey, best] = ["", undefined as PairCount | undefined];
  for (const [key, entry] of counts) {
    if (!best || entry.count > best.count || entry.count === best.count && key < bestKey) {
      [bestKey, best] = [key, entry];
    }
  }
  return best!;
}

function mergePair(symbols: readonly string[], [left, right]: Merge): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) merged.push(left + symbols[++i]);
    else merged.push(symbols[i]);
  }
  return merged;
}

function pairs(symbols: readonly string[]): Merge[] {
  return symbols.slice(1).map((right, i) => [symbols[i], right]);
}

/** Symbols hold no space. */
function pairKey(left: string, right: string): string {
  return `${left} ${right}`;
}
