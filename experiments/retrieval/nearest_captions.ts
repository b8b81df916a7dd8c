/** Whether a text tower takes paraphrases for what they paraphrase. */
import { type Concept, itemCaptions, type Splits } from "specialist/data";
import type { EncodeTexts } from "specialist/specialist";

/** Texts of one kind, by the concept of each. */
export type TextGroup = {
  name: string;
  /** The concepts of the texts' own split. */
  split: readonly string[];
  texts: readonly { concept: string; text: string }[];
};

/** By concept. */
type Paraphrases = Readonly<Record<string, readonly string[]>>;

/**
 * The paraphrases of each split, and for comparison what a text tower must understand of captions:
 * the caption with a keyword after it, and the keywords alone.
 */
export function textGroups(
  concepts: readonly Concept[],
  splits: Splits,
  { inCorpus, prompts }: { inCorpus: Paraphrases; prompts: Paraphrases },
): TextGroup[] {
  const byId = new Map(concepts.map((concept) => [concept.id, concept]));
  const withKeywords = (id: string) => itemCaptions(byId.get(id)!).slice(1);
  const group = (
    name: string,
    split: readonly string[],
    textsOf: (id: string) => readonly string[],
  ): TextGroup => ({
    name,
    split,
    texts: split.flatMap((concept) => textsOf(concept).map((text) => ({ concept, text }))),
  });
  return [
    group("test captions with a keyword", splits.test, withKeywords),
    group("keywords of test concepts alone", splits.test, (id) => {
      const [item] = itemCaptions(byId.get(id)!);
      return withKeywords(id).map((caption) => caption.slice(`${item}, `.length));
    }),
    group("paraphrases of shots, in the corpus", splits.shots, (id) => inCorpus[id] ?? []),
    group(
      "paraphrases of training concepts, in the corpus",
      splits.train,
      (id) => inCorpus[id] ?? [],
    ),
    group("paraphrases of validation concepts", splits.validation, (id) => prompts[id] ?? []),
    group("paraphrases of test concepts", splits.test, (id) => prompts[id] ?? []),
  ];
}

/** How near texts are to their own concept's caption. */
export type TextAgreement = {
  name: string;
  count: number;
  /** Share whose own concept's caption is the nearest among all captions. */
  nearest: number;
  /** Share whose own concept's caption is among the five nearest. */
  amongFive: number;
  /** Share whose own concept's caption is the nearest among those of its split. */
  nearestInSplit: number;
  /** Share of words that occur in captions of the base model. */
  knownWords: number;
};

/**
 * Compares each text with the caption of every concept.
 *
 * @param captions every concept's own caption, by id
 * @param embed texts to rows of unit length
 * @param knownWords the words of the base model's captions
 */
export async function textAgreement(
  { name, split, texts }: TextGroup,
  captions: ReadonlyMap<string, string>,
  embed: EncodeTexts,
  knownWords: ReadonlySet<string>,
): Promise<TextAgreement> {
  const ids = [...captions.keys()];
  const rows = await embed([...captions.values()]);
  const inSplit = new Set(split);
  const ranks = (await embed(texts.map(({ text }) => text))).map((row, i) => {
    const cosines = rows.map((caption) => dot(caption, row));
    const own = cosines[ids.indexOf(texts[i].concept)];
    const nearer = ids.filter((_, j) => cosines[j] > own);
    return { all: nearer.length, inSplit: nearer.filter((id) => inSplit.has(id)).length };
  });
  const share = (isCounted: (rank: typeof ranks[number]) => boolean) =>
    ranks.filter(isCounted).length / ranks.length;
  const words = texts.flatMap(({ text }) => wordsOf(text));
  return {
    name,
    count: texts.length,
    nearest: share(({ all }) => all === 0),
    amongFive: share(({ all }) => all < 5),
    nearestInSplit: share(({ inSplit }) => inSplit === 0),
    knownWords: words.filter((word) => knownWords.has(word)).length / words.length,
  };
}

/** "a red apple, fruit" → a, red, apple, fruit */
export function wordsOf(text: string): string[] {
  return text.split(/[ ,]+/);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i], 0);
}
