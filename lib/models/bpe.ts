/** Byte-pair encoding: words become tokens by merging neighbouring symbols. */
import {
  byteAlphabet,
  endOfText,
  endOfWord,
  splitWords,
  startOfText,
  wordSymbols,
} from "./words.ts";

/** Two neighbouring symbols that become one. */
export type Merge = readonly [string, string];

export type Vocabulary = {
  /** The id of each token. */
  vocab: Record<string, number>;
  /** The first is applied first. */
  merges: Merge[];
};

/** The place of each merge, by `pairKey`. */
export type MergeRanks = ReadonlyMap<string, number>;

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
