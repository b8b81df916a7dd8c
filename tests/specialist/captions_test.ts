import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom, templateSchema } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import {
  captionDrawer,
  type CaptionIndex,
  captionIndex,
  captionPartsOf,
  captionsSchema,
  captionTemplates,
  doubledCaptions,
  type EncodeTexts,
  fillTemplate,
  loadWordNet,
  replaceSynonyms,
  retrieveCaptions,
  retrievedCaptions,
  synonyms,
  templates,
  type Transform,
} from "specialist/specialist";

const synonymsOf = await loadWordNet();

describe("style templates", () => {
  it("are the paper's five, each with item and style", () => {
    const filled = captionTemplates.map((template) =>
      fillTemplate(template, { item: "a castle", style: "flat design" })
    );
    assertEquals(filled.slice(0, 3), [
      "a castle in the style of flat design",
      "a castle in flat design style",
      "a picture of a castle in flat design style",
    ]);
    assertEquals(new Set(filled).size, 5);
  });

  it("take words as they are, whatever they hold", () => {
    const words = { item: "$& {style}", style: "<style-token>" };
    assertEquals(
      fillTemplate("{item} in {style} style", words),
      "$& {style} in <style-token> style",
    );
  });

  it("that lack a place for item or style are refused", () => {
    assert(templateSchema.safeParse("{style}: {item}").success);
    assert(!templateSchema.safeParse("a picture of {item}").success);
    assert(!templateSchema.safeParse("in {style} style").success);
  });
});

describe("synonyms", () => {
  it("share the meaning that both words have first", () => {
    assertEquals(new Set(synonymsOf("car")), new Set(["auto", "automobile", "motorcar"]));
    assertEquals(synonymsOf("Small"), ["little"]);
    assertEquals(synonymsOf("shop"), ["store"]);
  });

  it("are mutual", () => {
    for (const word of ["car", "small", "child", "night", "city", "shop"]) {
      assert(synonymsOf(word).length > 0, word);
      for (const synonym of synonymsOf(word)) {
        assert(synonymsOf(synonym).includes(word), `${synonym} → ${word}`);
      }
    }
  });

  it("are none for function words, plurals, names and words that no one knows", () => {
    for (const word of ["a", "an", "in", "on", "with", "it", "cars", "Paris", "qwertz", "", "2"]) {
      assertEquals(synonymsOf(word), [], word);
    }
  });

  it("are none where a word means something that is not seen, or another thing in images", () => {
    for (const word of ["behind", "desert", "holding", "skunk", "whale", "kid"]) {
      assertEquals(synonymsOf(word), [], word);
    }
  });

  it("are single words in lower case", () => {
    for (const word of ["dog", "picture", "face", "red", "moon", "phone", "woman", "person"]) {
      for (const synonym of synonymsOf(word)) assert(/^[a-z]+$/.test(synonym), synonym);
    }
  });
});

describe("synonym replacement", () => {
  const random = () => createRandom("synonyms");

  it("never changes how many words there are", () => {
    const caption = "A small car, a kid's phone in the forest-city at night!";
    const stream = random();
    for (let draw = 0; draw < 200; draw++) {
      const replaced = replaceSynonyms(caption, synonymsOf, 1, stream);
      assertEquals(replaced.split(/\s+/).length, caption.split(/\s+/).length, replaced);
    }
  });

  it("leaves the word itself among the choices, all as likely", () => {
    const stream = random();
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 4000; draw++) {
      const drawn = replaceSynonyms("car", synonymsOf, 1, stream);
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    assertEquals(new Set(counts.keys()), new Set(["car", ...synonymsOf("car")]));
    for (const count of counts.values()) assertAlmostEquals(count / 4000, 1 / 4, 0.03);
  });

  it("happens as often as asked for", () => {
    const caption = "a small car in the forest";
    assertEquals(replaceSynonyms(caption, synonymsOf, 0, random()), caption);
    const stream = random();
    const draws = Array.from(
      { length: 4000 },
      () => replaceSynonyms("small", synonymsOf, 0.5, stream),
    );
    assertAlmostEquals(draws.filter((word) => word === "little").length / 4000, 1 / 4, 0.03);
  });

  it("keeps punctuation and a capital, and fits the article", () => {
    const swap = (word: string) =>
      ({ car: ["auto"], airplane: ["plane"] })[word.toLowerCase()] ?? [];
    const texts = new Set<string>();
    const stream = random();
    for (let draw = 0; draw < 100; draw++) {
      texts.add(replaceSynonyms("Car; an airplane, a car.", swap, 1, stream));
    }
    assert(texts.has("Auto; a plane, an auto."), [...texts].join("\n"));
    assert(texts.has("Car; an airplane, a car."));
    assertEquals(texts.size, 8);
  });

  it("draws the same from the same seed", () => {
    const caption = "a small car and a child in the forest";
    assertEquals(
      replaceSynonyms(caption, synonymsOf, 1, random()),
      replaceSynonyms(caption, synonymsOf, 1, random()),
    );
  });
});

/** Texts such as "12 degrees" on a circle, so that cosines are known; lengths differ. */
const onCircle: EncodeTexts = (texts) =>
  Promise.resolve(texts.map((text) => {
    const angle = parseFloat(text) * Math.PI / 180;
    return Float32Array.of(text.length * Math.cos(angle), text.length * Math.sin(angle));
  }));

const corpus = [
  "0 degrees",
  "80 degrees",
  "40 degrees",
  "20 degrees",
  "  ",
  "20 degrees",
  "190 deg",
];

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "indices"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("caption retrieval", () => {
  const retrieve = (own: string[], config: { threshold: number; limit?: number }) => {
    const found: string[][] = [];
    return withFolder(async (folder) => {
      const index = await captionIndex(corpus, { encode: onCircle, model: "circle", folder });
      found.push(...await retrieveCaptions(own, index, config));
    }).then(() => found);
  };

  it("keeps the own caption first, then those above the threshold by similarity", async () => {
    const [first, second] = await retrieve(["10.1 degrees", "200 degrees"], { threshold: 0.65 });
    assertEquals(first, ["10.1 degrees", "20 degrees", "0 degrees", "40 degrees"]);
    assertEquals(second, ["200 degrees", "190 deg"]);
  });

  it("does not list an own caption that the corpus has twice", async () => {
    const [captions] = await retrieve(["0 degrees"], { threshold: 0.9 });
    assertEquals(captions, ["0 degrees", "20 degrees"]);
  });

  it("respects its threshold and its limit", async () => {
    assertEquals(await retrieve(["10.1 degrees"], { threshold: 1 }), [["10.1 degrees"]]);
    assertEquals((await retrieve(["10.1 degrees"], { threshold: -1 }))[0].length, 6);
    assertEquals((await retrieve(["10.1 degrees"], { threshold: -1, limit: 1 }))[0], [
      "10.1 degrees",
      "20 degrees",
    ]);
  });
});

describe("caption index", () => {
  it("is built once for a corpus and a model", () =>
    withFolder(async (folder) => {
      let calls = 0;
      const encode: EncodeTexts = (texts) => (calls++, onCircle(texts));
      const built = await captionIndex(corpus, { encode, model: "circle", folder });
      const read = await captionIndex(corpus, { encode, model: "circle", folder });
      assertEquals(calls, 1);
      assertEquals(read.captions, built.captions);
      assertEquals(read.embeddings.map((row) => [...row]), built.embeddings.map((row) => [...row]));

      await captionIndex(corpus, { encode, model: "another", folder });
      await captionIndex(corpus.slice(1), { encode, model: "circle", folder });
      assertEquals(calls, 3);
    }));

  it("holds each caption once, with an embedding of unit length", () =>
    withFolder(async (folder) => {
      const index = await captionIndex(corpus, { encode: onCircle, model: "circle", folder });
      assertEquals(index.captions.length, 5);
      for (const embedding of index.embeddings) {
        assertAlmostEquals(Math.hypot(...embedding), 1, 1e-6);
      }
    }));

  it("is built again where its file is damaged", () =>
    withFolder(async (folder) => {
      const options = { encode: onCircle, model: "circle", folder };
      const built = await captionIndex(corpus, options);
      const [{ name }] = Deno.readDirSync(folder);
      await Deno.writeTextFile(join(folder, name), "cut short");
      assertEquals((await captionIndex(corpus, options)).embeddings, built.embeddings);
    }));

  it("refuses a corpus without captions", async () => {
    const options = { encode: onCircle, model: "circle", folder: "unused" };
    await assertRejects(() => captionIndex(["", " "], options), UserError, "corpus");
  });
});

describe("caption augmentation", () => {
  const index: CaptionIndex = {
    captions: ["0 degrees", "5 degrees", "90 degrees"],
    embeddings: [Float32Array.of(1, 0), Float32Array.of(0.99, 0.14), Float32Array.of(0, 1)],
    encode: onCircle,
  };
  const shots = { captions: ["0 degrees", "90 degrees"], styleWords: "flat" };
  const withCorpus = { ...shots, captionIndex: index };
  const inversion: Transform = { name: "RandomInvert", apply: (image) => image };
  const parse = (config: unknown) => captionsSchema.parse(config);
  /** All parts as configurations have them. */
  const allParts = captionPartsOf(parse({}));

  it("has the reference's defaults", () => {
    assertEquals(parse({}), {
      retrieval: { enabled: true, threshold: 0.65 },
      synonyms: { enabled: true, probability: 1 },
      templates: [...captionTemplates],
    });
    assertEquals(
      allParts.map(({ name }) => name),
      ["retrieved", "synonyms", "templates", "doubled"],
    );
  });

  it("says retrieved caption, style, and transformation", async () => {
    const draw = await captionDrawer(allParts, withCorpus);
    const random = createRandom(1);
    const drawn = new Set<string>();
    for (let i = 0; i < 300; i++) drawn.add(draw(0, random.fork(`${i}`), inversion));
    const expected = ["0 degrees", "5 degrees"].flatMap((item) =>
      captionTemplates.map((template) =>
        `${fillTemplate(template, { item, style: "flat" })} with the RandomInvert transformation`
      )
    );
    assertEquals(drawn, new Set(expected));
  });

  it("says the shot's own caption alone where the parts are off", async () => {
    const config = parse({
      retrieval: { enabled: false },
      synonyms: { enabled: false },
      templates: ["{item} in {style} style"],
    });
    const draw = await captionDrawer(captionPartsOf(config), shots);
    assertEquals(draw(1, createRandom(1)), "90 degrees in flat style");
    assertEquals((await captionDrawer([], shots))(1, createRandom(1)), "90 degrees");
  });

  it("replaces words of the item, not of template, style and transformation", async () => {
    const parts = [synonyms(), templates(["a picture {item} {style}"]), doubledCaptions];
    const draw = await captionDrawer(parts, { captions: ["car"], styleWords: "car" });
    const random = createRandom(1);
    const inCar: Transform = { ...inversion, caption: (caption) => `${caption} car` };
    const drawn = Array.from({ length: 100 }, (_, i) => draw(0, random.fork(`${i}`), inCar));
    assert(
      drawn.every((caption) => /^a picture (car|auto|automobile|motorcar) car car$/.test(caption)),
    );
    assertEquals(new Set(drawn).size, 4);
  });

  it("draws the same from the same seed, whatever other parts there are", async () => {
    const draw = await captionDrawer(allParts, withCorpus);
    const drawn = (shot: number) => draw(shot, createRandom(4), inversion);
    assertEquals([drawn(0), drawn(1)], [drawn(0), drawn(1)]);
    const templatesAlone = await captionDrawer([templates()], withCorpus);
    const andRetrieved = await captionDrawer([retrievedCaptions(), templates()], withCorpus);
    for (let seed = 0; seed < 20; seed++) {
      const random = createRandom(seed);
      assertEquals(
        andRetrieved(0, random).replace("5 degrees", "0 degrees"),
        templatesAlone(0, random),
      );
    }
  });

  it("takes a part of one's own, which sees what came before it", async () => {
    const parts = [
      templates(["{item} in {style} style"]),
      { name: "shout", prepare: () => (caption: string) => caption.toUpperCase() },
      doubledCaptions,
    ];
    const draw = await captionDrawer(parts, shots);
    assertEquals(
      draw(0, createRandom(1), inversion),
      "0 DEGREES IN FLAT STYLE with the RandomInvert transformation",
    );
  });

  it("asks for a corpus where retrieval is on", async () => {
    await assertRejects(() => captionDrawer(allParts, shots), UserError, "no corpus");
  });

  it("refuses what its schema does not allow", () => {
    for (
      const config of [
        { retrieval: { threshold: 1.5 } },
        { synonyms: { probability: -0.1 } },
        { templates: [] },
        { templates: ["a picture"] },
        { template: "{item} {style}" },
      ]
    ) assertThrows(() => parse(config));
  });
});
