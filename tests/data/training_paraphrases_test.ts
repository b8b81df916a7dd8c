import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { filters } from "experiments/pretrain/changed_drawings.ts";
import {
  baseTrainingConcepts,
  itemCaptions,
  loadEmoji,
  readCaptionCorpus,
  readCorpusParaphrases,
  readPrompts,
  readSplits,
  readTrainingParaphrases,
} from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { loadTokenizer } from "specialist/models";
import { captionTemplates, fillTemplate } from "specialist/specialist";

const [emoji, splits] = [await loadEmoji(), await readSplits()];
const { paraphrases: prompts } = await readPrompts();
const [training, inCorpus] = [await readTrainingParaphrases(), await readCorpusParaphrases()];
const heldOut = [...splits.validation, ...splits.test];
const texts = Object.values(training).flat();
const added = texts.filter((text) => !Object.values(inCorpus).flat().includes(text));

const small = new Set(
  "a an the of in with on at and to for its that is by from under over".split(" "),
);

/** What a text says: its words without small ones and plurals. */
const meaning = (text: string) =>
  new Set(
    text.replaceAll("'s", "").split(/[ -]/).filter((word) => !small.has(word))
      .map((word) => word.length > 3 ? word.replace(/s$/, "") : word),
  );

/** Common words of all the words of two texts, from 0 to 1. */
function overlap(a: string, b: string): number {
  const [left, right] = [meaning(a), meaning(b)];
  return left.intersection(right).size / left.union(right).size;
}

describe("paraphrases to train with", () => {
  it("are of each concept of base training, three of each held-out one, and of no unseen one", () => {
    assertEquals(Object.keys(training).sort(), baseTrainingConcepts(splits).sort());
    for (const id of heldOut) assert(training[id].length >= 3, id);
  });

  it("hold those of the corpus, and bring none of the others into it", async () => {
    for (const [id, written] of Object.entries(inCorpus)) {
      assertEquals(written.filter((text) => !training[id].includes(text)), []);
    }
    const corpus = new Set(await readCaptionCorpus());
    assertEquals(added.filter((text) => corpus.has(text)), []);
  });

  it("are no prompts of the study, nor nearly those of their concept", () => {
    const sorted = (text: string) => [...meaning(text)].sort().join(" ");
    const held = new Set(Object.values(prompts).flat().map(sorted));
    assertEquals(texts.filter((text) => held.has(sorted(text))), []);
    for (const [id, both] of Object.entries(prompts)) {
      for (const text of training[id]) {
        assertEquals(both.filter((prompt) => overlap(prompt, text) >= 0.5), [], text);
      }
    }
  });

  it("are each of one concept alone, and no caption made of a name and keyword", () => {
    assertEquals(texts.filter((text, i) => texts.indexOf(text) !== i), []);
    const captions = new Set(emoji.concepts.flatMap(itemCaptions));
    assertEquals(added.filter((text) => captions.has(text)), []);
  });

  it("fit into the text window in every sentence and style, if not in the corpus", async () => {
    const tokenizer = await loadTokenizer("data/models/emoji-base/tokenizer");
    const { maxLength } = tokenizer.data;
    const tokensOf = (item: string, style: string) =>
      Math.max(
        ...captionTemplates.map((template) =>
          tokenizer.tokenize(fillTemplate(template, { item, style })).length + 2
        ),
      );
    const styles = emoji.sets.map(({ styleWords }) => styleWords);
    const fits = (text: string) => styles.every((style) => tokensOf(text, style) <= maxLength);
    assertEquals(added.filter((text) => !fits(text)), []);
  });

  it("are in lower case, without comma, and say nothing about the style", () => {
    const styleWords = new Set(
      [...emoji.sets, ...filters].flatMap((drawn) => drawn.styleWords.split(" ")),
    );
    for (const text of texts) {
      assert(/^[a-z][a-z' -]+$/.test(text), text);
      assertEquals(text.split(/[ -]/).filter((word) => styleWords.has(word)), [], text);
    }
  });

  it("are refused by file and field where they are damaged", async () => {
    const folder = await Deno.makeTempDir();
    const file = join(folder, "captions.json");
    await Deno.writeTextFile(file, JSON.stringify({ airplane: [] }));
    const error = await assertRejects(() => readTrainingParaphrases(file), UserError, file);
    assertStringIncludes(error.message, "airplane");
    await Deno.remove(folder, { recursive: true });
  });
});
