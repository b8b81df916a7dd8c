import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { textAgreement, textGroups } from "experiments/retrieval/nearest_captions.ts";
import { measureRetrieval, summariseRetrieval } from "experiments/retrieval/precision.ts";
import { retrievalReport } from "experiments/retrieval/report.ts";
import { loadEmoji, readCorpusParaphrases, readPrompts, readSplits } from "specialist/data";
import { captionIndex, type EncodeTexts } from "specialist/specialist";

const vocabulary = ["apple", "red", "fruit", "round", "elephant", "animal", "elevator", "trunk"];

/** Which of a few words a text has. */
const countWords: EncodeTexts = (texts) =>
  Promise.resolve(texts.map((text) => {
    const counts = vocabulary.map((word) => Number(text.split(/[ ,]+/).includes(word)));
    const length = Math.hypot(...counts) || 1;
    return Float32Array.from(counts, (count) => count / length);
  }));

const corpus = new Map([
  ["a red apple", ["red-apple"]],
  ["a red apple, fruit", ["red-apple"]],
  ["a round red fruit", ["red-apple", "cherries"]],
  ["an elephant", ["elephant"]],
  ["an animal with a trunk", ["elephant"]],
  ["an elevator, elephant", ["elevator"]],
]);
const shots = [{ id: "red-apple", caption: "a red apple" }, {
  id: "elephant",
  caption: "an elephant",
}];

async function retrieve(threshold: number, limit?: number) {
  const folder = await Deno.makeTempDir();
  const index = await captionIndex([...corpus.keys()], { encode: countWords, model: "", folder });
  const retrieved = await measureRetrieval(shots, { index, corpus }, { threshold, limit });
  await Deno.remove(folder, { recursive: true });
  return { retrieved, summary: summariseRetrieval({ threshold, limit }, retrieved) };
}

describe("what retrieval gives", () => {
  it("tells true from wrong captions, and other words from a caption with a keyword", async () => {
    const { retrieved, summary } = await retrieve(0.3);
    assertEquals(retrieved, [
      {
        concept: "red-apple",
        caption: "a red apple",
        retrieved: [
          { caption: "a red apple, fruit", isTrue: true, isOther: false },
          { caption: "a round red fruit", isTrue: true, isOther: true },
        ],
      },
      {
        concept: "elephant",
        caption: "an elephant",
        retrieved: [{ caption: "an elevator, elephant", isTrue: false, isOther: true }],
      },
    ]);
    assertEquals(summary, {
      threshold: 0.3,
      limit: undefined,
      captions: 1.5,
      precision: 2 / 3,
      other: 2 / 3,
      otherPrecision: 1 / 2,
      twoTrue: 1 / 2,
      twoOther: 0,
      // One of the elephant's two choices; one of the apple's three.
      wrongShowings: 1 / 4,
      otherShowings: 1 / 6,
    });
  });

  it("has no precision where nothing is retrieved", async () => {
    const { summary } = await retrieve(0.99);
    assertEquals([summary.captions, summary.precision, summary.twoTrue], [0, undefined, 0]);
  });

  it("is reported with its wrong captions, and how well texts are understood", async () => {
    const captions = new Map([["red-apple", "a red apple"], ["elephant", "an elephant"]]);
    const texts = [
      { concept: "red-apple", text: "a round red thing" },
      { concept: "elephant", text: "a red elephant animal apple" },
    ];
    const group = { name: "paraphrases", split: ["elephant"], texts };
    const known = new Set("a red elephant animal apple".split(" "));
    const agreement = await textAgreement(group, captions, countWords, known);
    assertEquals(agreement, {
      name: "paraphrases",
      count: 2,
      nearest: 1 / 2,
      amongFive: 1,
      nearestInSplit: 1,
      knownWords: 7 / 9,
    });
    const { retrieved, summary } = await retrieve(0.3, 4);
    const report = retrievalReport({
      setting: { threshold: 0.3, limit: 4 },
      corpus: corpus.size,
      shots: retrieved,
      summaries: [summary],
      agreement: [{ reader: "The guide", groups: [agreement] }],
    });
    assertStringIncludes(report, "**an elevator, elephant**");
    assertStringIncludes(report, "### The guide");
  });

  it("is compared with every paraphrase, and with captions of the same concepts", async () => {
    const [{ concepts }, splits] = [await loadEmoji(), await readSplits()];
    const groups = textGroups(concepts, splits, {
      inCorpus: await readCorpusParaphrases(),
      prompts: (await readPrompts()).paraphrases,
    });
    const count = (name: string) => groups.find((group) => group.name.includes(name))!.texts.length;
    assertEquals(count("of test concepts alone"), count("captions with a keyword"));
    assertEquals(count("of validation"), 2 * splits.validation.length);
    assertEquals(count("paraphrases of test"), 2 * splits.test.length);
    assertEquals(count("of shots"), 6 * splits.shots.length);
  });
});
