import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { filters } from "experiments/pretrain/changed_drawings.ts";
import {
  itemCaptions,
  loadEmoji,
  readCaptionCorpus,
  readCorpusParaphrases,
  readPrompts,
  readSplits,
} from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { loadTokenizer } from "specialist/models";
import { captionTemplates, fillTemplate } from "specialist/specialist";

const { paraphrases, templates } = await readPrompts();
const [emoji, splits] = [await loadEmoji(), await readSplits()];
const tokenizer = await loadTokenizer("data/models/emoji-base/tokenizer");
const texts = Object.values(paraphrases).flat();
const captions = emoji.concepts.flatMap(itemCaptions);

/** Tokens of the longest of the styles, with those for begin and end. */
const tokensOf = (template: string, item: string) =>
  Math.max(
    ...emoji.sets.map(({ styleWords }) =>
      tokenizer.tokenize(fillTemplate(template, { item, style: styleWords })).length + 2
    ),
  );

describe("paraphrases for the study", () => {
  it("are two for each validation and test concept, and none for others", () => {
    const ids = [...splits.validation, ...splits.test];
    assertEquals(Object.keys(paraphrases).sort(), ids.sort());
  });

  it("are all different, and no caption that a model is trained with", async () => {
    assertEquals(new Set(texts).size, texts.length);
    const known = new Set([...captions, ...await readCaptionCorpus()]);
    assertEquals(texts.filter((text) => known.has(text)), []);
  });

  it("fit into the text window in a whole sentence", () => {
    const template = "a picture of {item} in {style} style";
    const { maxLength } = tokenizer.data;
    assertEquals(maxLength, 24);
    assertEquals(texts.filter((text) => tokensOf(template, text) > maxLength), []);
  });

  it("are in lower case, without comma, and say nothing about the style", async () => {
    const written = [...texts, ...Object.values(await readCorpusParaphrases()).flat()];
    const styleWords = new Set(
      [...emoji.sets, ...filters].flatMap(({ styleWords }) => styleWords.split(" ")),
    );
    for (const text of written) {
      assert(/^[a-z][a-z' -]+$/.test(text), text);
      assertEquals(text.split(/[ -]/).filter((word) => styleWords.has(word)), [], text);
    }
  });

  it("say it mostly in other words than the caption", () => {
    const small = new Set("a an the of in with on at and to".split(" "));
    const content = (text: string) => text.split(/[ -]/).filter((word) => !small.has(word));
    const items = new Map(emoji.concepts.map((concept) => [concept.id, itemCaptions(concept)[0]]));
    for (const [id, both] of Object.entries(paraphrases)) {
      const own = content(items.get(id)!);
      for (const text of both) {
        const shared = content(text).filter((word) => own.includes(word));
        assert(shared.length < content(text).length / 2, `${items.get(id)}: ${text}`);
      }
    }
  });
});

describe("templates for the study", () => {
  it("are not among those that captions are trained with, and hold every held-out caption", () => {
    assertEquals(new Set(templates).size, 3);
    assertEquals(captionTemplates.filter((template) => templates.includes(template)), []);
    const heldOut = new Set([...splits.validation, ...splits.test]);
    const items = emoji.concepts.filter(({ id }) => heldOut.has(id)).map((c) => itemCaptions(c)[0]);
    for (const template of templates) {
      assertEquals(items.filter((item) => tokensOf(template, item) > 24), []);
    }
  });

  it("have only words of the base model's captions", () => {
    const known = new Set(
      [...captionTemplates, ...captions].flatMap((text) => text.split(/[ ,]+/)),
    );
    const words = templates.flatMap((template) => template.split(/[ ,]+/));
    assertEquals(words.filter((word) => !known.has(word)), []);
  });
});

describe("a folder of prompts", () => {
  it("is refused by file and field where it is damaged", async () => {
    const folder = await Deno.makeTempDir();
    const write = (name: string, value: unknown) =>
      Deno.writeTextFile(join(folder, name), JSON.stringify(value));
    await write("paraphrases.json", { airplane: ["a passenger jet"] });
    await write("templates.json", templates);
    const missing = await assertRejects(() => readPrompts(folder), UserError, "paraphrases.json");
    assertStringIncludes(missing.message, "airplane");
    await write("paraphrases.json", paraphrases);
    await write("templates.json", ["{style} style"]);
    await assertRejects(() => readPrompts(folder), UserError, "must hold both");
    await Deno.remove(folder, { recursive: true });
  });
});
