/** Synonym replacement: the same caption in other words. */
import type { Random } from "../random/mod.ts";

/** A dictionary: the words that can stand in a word's place, without the word itself. */
export type SynonymsOf = (word: string) => readonly string[];

/**
 * Draws each word, with `probability`, from its synonyms and itself, all as likely. What is not
 * in the dictionary stays; `a` and `an` follow the new word.
 *
 * ```ts
 * const synonymsOf = await loadWordNet();
 * replaceSynonyms("a small car", synonymsOf, 1, createRandom(7)); // a little automobile
 * ```
 */
export function replaceSynonyms(
  caption: string,
  synonymsOf: SynonymsOf,
  probability: number,
  random: Random,
): string {
  return caption.replace(articleAndWord, (phrase, article = "", space = "", word) => {
    const synonyms = synonymsOf(word);
    if (synonyms.length === 0 || random.next() >= probability) return phrase;
    const drawn = random.choice([word, ...synonyms]);
    if (drawn === word) return phrase;
    return articleBefore(drawn, article) + space + capitalizedAs(word, drawn);
  });
}

/** A word with its apostrophes and hyphens, after an indefinite article where there is one. */
const articleAndWord = /(?:\b(an?)(\s+))?([\p{L}\p{M}'’-]+)/giu;

function articleBefore(word: string, article: string): string {
  return article && article[0] + (/^[aeiou]/i.test(word) ? "n" : "");
}

function capitalizedAs(original: string, word: string): string {
  const isCapital = original[0] !== original[0].toLowerCase();
  return isCapital ? word[0].toUpperCase() + word.slice(1) : word;
}
