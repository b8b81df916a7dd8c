/** What a drawing shows, in plain English, without a word on how it is drawn. */
import { z } from "zod";
import { dataFile, readJson, UserError } from "../../internal/runtime/mod.ts";
import { captionText } from "../caption_lists.ts";
import { type Concept, isDrawable, type NamedEmoji, readNamedEmoji } from "./concepts.ts";
import names from "./item_names.json" with { type: "json" };
import kinds from "./kinds.json" with { type: "json" };
import { emojiSets } from "./sets.ts";
import type { Splits } from "./splits.ts";

const maxKeywords = 5;

/** Keywords about how something is drawn, or about nothing in the drawing. */
const unfitKeywords = new Set([
  "emoji",
  "emoticon",
  "icon",
  "omg",
  "lol",
  "lmao",
  "rofl",
  "roflcopter",
  "ily",
  "outlined",
  "contrast",
  ...emojiSets.flatMap(({ styleWords }) => styleWords.split(" ")),
]);

const prepositions = /^(of|with|in|on|at|over|under|without|showing|from|facing|and|behind|to)$/;

/**
 * Captions of a concept, in lower case: first the plain item, then the item with its kind or with a
 * keyword.
 *
 * ```ts
 * itemCaptions(redApple); // ["a red apple", "a red apple, fruit", …]
 * ```
 */
export function itemCaptions(concept: NamedEmoji): string[] {
  const item = itemName(concept);
  return [item, ...itemKeywords(concept).map((keyword) => `${item}, ${keyword}`)];
}

/** What captions of a concept may add to the item: its kind, and words about it. */
export function itemKeywords(concept: NamedEmoji): string[] {
  return keywordsOf(concept, itemName(concept).split(" "));
}

/** "a red apple", "french fries", "an octopus" */
function itemName({ id, label, subgroup }: Pick<NamedEmoji, "id" | "label" | "subgroup">): string {
  const special = (names.special as Record<string, string>)[id];
  if (special !== undefined) return special;
  const plain = plainWords(label);
  if (names.uncountable.includes(id)) return plain;
  return isPlural(id, plain, subgroup) ? plain : `${articleOf(plain)} ${plain}`;
}

/** "person: blond hair" → "person with blond hair" */
function plainWords(label: string): string {
  return label.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f.“”"!]/g, "")
    .replaceAll("’", "'")
    .replace(/: facing right$/, " facing right")
    .replace(/: (\w+ hair|beard)$/, " with $1")
    .replace(/: bald$/, " with a bald head")
    .replace(/: /, " of ")
    .replace(bareNoun, (_, word, noun) => `${word} ${articleOf(noun)} ${noun}`);
}

/** Where labels are too short to be English. */
const bareNoun = new RegExp(
  "(with|without|wearing|in) (halo|medical mask|thermometer|head-bandage|open mouth|mouth|wry smile|" +
    "arrow|ribbon|turban|skullcap|tuxedo|veil|suit|swirl|plate|handle|decorative cover|curl|" +
    "raised flag|lowered flag|ballot|tear|monocle|raised eyebrow|diagonal mouth|hearing aid|beard|" +
    "crown|headscarf|white cane|motorized wheelchair|manual wheelchair|lotus position|steamy room|" +
    "spoon|straw)\\b",
);

function isPlural(id: string, plain: string, subgroup: string): boolean {
  if (names.plural.includes(id)) return true;
  if (names.singular.includes(id)) return false;
  if (/^(people|men|women) /.test(plain)) return true;
  if (subgroup.startsWith("person") && subgroup !== "person-symbol") return false;
  const words = plain.split(" ");
  const end = words.findIndex((word, i) => i > 0 && prepositions.test(word));
  const head = words[(end < 0 ? words.length : end) - 1];
  return /[^s'u]s$/.test(head) && !/(ss|us|is)$/.test(head) && head !== "lens";
}

function articleOf(words: string): string {
  return /^(?!uni|use|uti|eu|ewe|one)([aeiou]|hour|8)/.test(words) ? "an" : "a";
}

function keywordsOf({ tags, subgroup }: NamedEmoji, itemWords: string[]): string[] {
  const kind = (kinds as Record<string, string>)[subgroup];
  const fit = tags.map((tag) => tag.toLowerCase()).filter((tag) =>
    /^[a-z]{3,}( [a-z]{2,})?$/.test(tag) && !tag.split(" ").some((word) => unfitKeywords.has(word))
  );
  const isNew = (keyword: string) =>
    !keyword.split(" ").every((word) => itemWords.some((known) => sameStem(known, word)));
  const keywords = [...new Set([kind, ...fit])].filter((keyword) => keyword && isNew(keyword));
  return keywords.slice(0, maxKeywords);
}

/** "egg" and "eggs" */
function sameStem(a: string, b: string): boolean {
  return a === b || `${a}s` === b || a === `${b}s`;
}

/** Hand-written captions, by concept. */
const paraphrasesSchema = z.record(z.string(), z.array(captionText).min(1));

export const corpusParaphrasesFile = dataFile("captions/paraphrases.json");

/**
 * Reads hand-written captions of shot and training concepts: the committed ones by default.
 *
 * @throws UserError naming file and field, where it is damaged
 */
export function readCorpusParaphrases(
  file = corpusParaphrasesFile,
): Promise<Record<string, string[]>> {
  return readJson(file, paraphrasesSchema);
}

const trainingParaphrasesFile = dataFile("captions/training_paraphrases.json");

/**
 * Reads hand-written captions of every concept of base training, those of the corpus among them: the
 * committed ones by default. Base model, guide and judges learn to read with them. They also
 * describe validation and test concepts, so they must not get into the corpus.
 *
 * ```ts
 * const { airplane } = await readTrainingParaphrases(); // ["a plane in the sky", …]
 * ```
 *
 * @param file holds the captions that are not in the corpus
 * @returns captions by concept; none is a prompt of the study
 * @throws UserError naming file and field, where one is damaged
 */
export async function readTrainingParaphrases(
  file = trainingParaphrasesFile,
  corpusFile = corpusParaphrasesFile,
): Promise<Record<string, string[]>> {
  const merged = await readCorpusParaphrases(corpusFile);
  for (const [id, more] of Object.entries(await readJson(file, paraphrasesSchema))) {
    merged[id] = [...merged[id] ?? [], ...more];
  }
  return merged;
}

/**
 * The captions of all emoji that show something, also of those outside the benchmark, but of none
 * that is kept for reporting; and hand-written paraphrases of shot and training concepts.
 *
 * @returns captions, each with the ids of the emoji that it is a caption of
 * @throws UserError where a paraphrase is of a held-out or unknown concept
 */
export async function makeCaptionCorpus(
  concepts: readonly Concept[],
  splits: Splits,
  paraphrases: Readonly<Record<string, string[]>>,
): Promise<Map<string, string[]>> {
  checkParaphrased(Object.keys(paraphrases), splits);
  const heldOut = new Set([...splits.test, ...splits.unseen]);
  const heldOutItems = new Set(
    concepts.filter(({ id }) => heldOut.has(id)).map((concept) => itemCaptions(concept)[0]),
  );
  const corpus = new Map<string, string[]>();
  for (const emoji of (await readNamedEmoji()).filter(isDrawable)) {
    const captions = itemCaptions(emoji);
    if (heldOutItems.has(captions[0])) continue;
    for (const caption of new Set([...captions, ...paraphrases[emoji.id] ?? []])) {
      corpus.set(caption, [...corpus.get(caption) ?? [], emoji.id]);
    }
  }
  return corpus;
}

function checkParaphrased(ids: readonly string[], { shots, train }: Splits): void {
  const allowed = new Set([...shots, ...train]);
  const wrong = ids.find((id) => !allowed.has(id));
  if (wrong === undefined) return;
  throw new UserError({
    what: `captions of "${wrong}" must not be in the corpus`,
    file: corpusParaphrasesFile,
    field: wrong,
    remedy: "paraphrase shot and training concepts only",
  });
}
