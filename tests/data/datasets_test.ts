import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  baseTrainingConcepts,
  checkSplits,
  itemCaptions,
  loadEmoji,
  makeCaptionCorpus,
  makeSplits,
  plainImage,
  readCaptionCorpus,
  readCorpusParaphrases,
  readSplits,
  readStyleFolder,
  shippedStyles,
  shotSetsOf,
  splitNames,
  styleFolderOf,
  writePng,
} from "specialist/data";
import { captionOfName } from "specialist/data/shot_captions.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const emoji = await loadEmoji();
const splits = await readSplits();
const concepts = new Map(emoji.concepts.map((concept) => [concept.id, concept]));
const mayLackSome = ["fxemoji", "noto-v1", "emojione-monotone", "streamline-emojis"];
const captionsOf = (ids: readonly string[]) => ids.flatMap((id) => itemCaptions(concepts.get(id)!));

describe("the emoji benchmark", () => {
  it("has hundreds of concepts, drawn in every set but those that may lack some", () => {
    assert(emoji.concepts.length >= 600 && emoji.concepts.length <= 1000);
    assertEquals(concepts.size, emoji.concepts.length);
    for (const { name } of emoji.sets) {
      const { ids, pixels } = emoji.images(name);
      const all = emoji.concepts.map(({ id }) => id);
      if (mayLackSome.includes(name)) assert(ids.length > 400 && ids.length < all.length, name);
      else assertEquals(ids, all);
      assertEquals(pixels.length, ids.length * 64 * 64 * 3);
    }
  });

  it("finds a set's image of a concept", () => {
    const { ids, pixels } = emoji.images("openmoji");
    const at = ids.indexOf("red-apple");
    const { width, height, data } = emoji.image("openmoji", "red-apple")!;
    assertEquals([width, height], [64, 64]);
    assertEquals(data, pixels.subarray(at * data.length, (at + 1) * data.length));
    assertEquals(emoji.image("fxemoji", "gorilla"), undefined);
    assertThrows(() => emoji.image("nobody", "red-apple"), RangeError, "nobody");
  });

  it("is read once in a process", async () => {
    assert(await loadEmoji() === emoji);
  });

  it("draws something on white, and no two alike", () => {
    for (const { name } of emoji.sets) {
      const { ids } = emoji.images(name);
      const images = ids.map((id) => emoji.image(name, id)!.data);
      images.forEach((data, i) => {
        assert(data.some((level) => level < 240), `${name}: ${ids[i]} is blank`);
      });
      // Some designers draw a few concepts alike, as the volumes of a speaker.
      const different = new Set(images.map((data) => data.join()));
      assert(different.size > 0.97 * ids.length, `${name}: ${different.size} of ${ids.length}`);
    }
  });

  it("has red apples that are red in colour sets", () => {
    const colourless = ["fluent-emoji-high-contrast", "emojione-monotone"];
    for (const { name } of emoji.sets.filter(({ name }) => !colourless.includes(name))) {
      const { data } = emoji.image(name, "red-apple")!;
      const middle = (32 * 64 + 24) * 3;
      assert(data[middle] > data[middle + 1] + 60, name);
    }
  });

  it("names the licence that each set's package declares", async () => {
    for (const { name, licence, author } of emoji.sets) {
      const file = new URL(import.meta.resolve(`@iconify-json/${name}/info.json`));
      const info = JSON.parse(await Deno.readTextFile(file));
      assertEquals([licence, author], [info.license.spdx, info.author.name]);
      const licences = await Deno.readTextFile(new URL("../../data/LICENSES.md", import.meta.url));
      assertStringIncludes(licences, licence);
      assertStringIncludes(licences, author);
    }
  });

  it("calls each style differently", () => {
    const words = emoji.sets.map(({ styleWords }) => styleWords);
    assertEquals(new Set(words).size, words.length);
  });
});

describe("captions of concepts", () => {
  it("are plain English", () => {
    const plain = (id: string) => itemCaptions(concepts.get(id)!)[0];
    assertEquals(plain("red-apple"), "a red apple");
    assertEquals(plain("octopus"), "an octopus");
    assertEquals(plain("unicorn"), "a unicorn");
    assertEquals(plain("grinning-face"), "a grinning face");
    assertEquals(plain("french-fries"), "french fries");
    assertEquals(plain("person-lifting-weights"), "a person lifting weights");
    assertEquals(plain("face-with-open-mouth"), "a face with an open mouth");
    assertEquals(itemCaptions(concepts.get("red-apple")!)[1], "a red apple, fruit");
  });

  it("are short, in lower case, without style words, and differ between concepts", () => {
    const styles = emoji.sets.map(({ styleWords }) => styleWords);
    for (const concept of emoji.concepts) {
      const captions = itemCaptions(concept);
      assertEquals(new Set(captions).size, captions.length);
      for (const caption of captions) {
        assertMatch(caption, /^[a-z0-9' -]+(, [a-z ]+)?$/);
        const words = caption.replace(",", "").split(" ");
        assert(words.length <= 14, caption);
        assert(!styles.some((style) => caption.includes(style)), caption);
      }
    }
    const plain = emoji.concepts.map((concept) => itemCaptions(concept)[0]);
    assertEquals(plain.filter((item, i) => plain.indexOf(item) !== i), []);
  });
});

describe("the splits", () => {
  it("share out all concepts, each once", () => {
    checkSplits(splits, emoji.concepts);
    const listed = splitNames.flatMap((name) => splits[name]);
    assertEquals(listed.toSorted(), [...concepts.keys()].sort());
  });

  it("keep the unseen concepts out of base training, and nothing else", () => {
    const training = new Set(baseTrainingConcepts(splits));
    assertEquals(splits.unseen.filter((id) => training.has(id)), []);
    assertEquals(training.size, concepts.size - splits.unseen.length);
  });

  it("have every group in the first 8 shots and in each list", () => {
    const groups = new Set(emoji.concepts.map(({ group }) => group));
    const groupsOf = (ids: string[]) => new Set(ids.map((id) => concepts.get(id)!.group));
    assertEquals(groupsOf(splits.shots.slice(0, 8)), groups);
    for (const name of splitNames) assertEquals(groupsOf(splits[name]), groups);
  });

  it("can be drawn again from their seed", () => {
    assertEquals(makeSplits(emoji.concepts, splits.seed), splits);
  });

  it("are not read where a concept is listed twice", async () => {
    const file = join(folder, "splits.json");
    const test = [splits.shots[0], ...splits.test.slice(1)];
    await Deno.writeTextFile(file, JSON.stringify({ ...splits, test }));
    await assertRejects(() => readSplits(file), UserError, "in one list only");
  });

  it("are refused where a concept is listed twice, is missing, or does not exist", () => {
    const [first, ...rest] = splits.train;
    for (
      const [train, message] of [
        [[...splits.train, splits.test[0]], `listed twice: ${splits.test[0]}`],
        [rest, `in no list: ${first}`],
        [[...splits.train, "flying-carpet"], "unknown concepts: flying-carpet"],
      ] as const
    ) {
      const changed = { ...splits, train: [...train] };
      assertThrows(() => checkSplits(changed, emoji.concepts), UserError, message);
    }
  });
});

describe("the shipped styles", () => {
  it("are the unseen ones, in four sets of 8 shots without a concept in common", async () => {
    const styles = emoji.sets.filter(({ role }) => role === "style");
    const cells = styles.flatMap((set) => [1, 2, 3, 4].map((shotSet) => ({ set, shotSet })));
    for (const { set, shotSet } of cells) {
      const folder = styleFolderOf(set.name, shotSet);
      const { name, styleWords, shots } = await readStyleFolder(folder);
      assertEquals([name, styleWords], [set.name, set.styleWords]);
      const sets = shotSetsOf(splits, set.name);
      assertEquals(sets.flat().toSorted(), splits.shots.toSorted());
      assertEquals(sets[0], splits.shots.slice(0, 8));
      const expected = sets[shotSet - 1];
      assertEquals(shots.map(({ file }) => file), expected.map((id) => `${id}.png`));
      assertEquals(
        shots.map(({ caption }) => caption),
        expected.map((id) => itemCaptions(concepts.get(id)!)[0]),
      );
      for (const { image } of shots) assertEquals([image.width, image.height], [128, 128]);
    }
  });

  it("are proposed where a name is misspelt", () => {
    assertEquals(shippedStyles.length, 3);
    assertThrows(() => styleFolderOf("openmojy"), UserError, 'did you mean "openmoji"');
  });
});

describe("the caption corpus", () => {
  it("has thousands of captions, each once, and none of test and unseen concepts", async () => {
    const corpus = await readCaptionCorpus();
    assert(corpus.length >= 2000);
    assertEquals(new Set(corpus).size, corpus.length);
    const kept = new Set(captionsOf([...splits.test, ...splits.unseen]));
    assertEquals(corpus.filter((caption) => kept.has(caption)), []);
    assertEquals(captionsOf(splits.shots.slice(0, 8)).filter((one) => !corpus.includes(one)), []);
  });

  it("is what the command makes, with every paraphrase, none of a held-out concept", async () => {
    const paraphrases = await readCorpusParaphrases();
    const made = await makeCaptionCorpus(emoji.concepts, splits, paraphrases);
    assertEquals(await readCaptionCorpus(), [...made.keys()]);
    for (const id of splits.shots) assert(paraphrases[id].length >= 6, id);
    const written = Object.entries(paraphrases);
    assert(written.length >= 300);
    for (const [id, captions] of written) {
      for (const caption of captions) assertEquals(made.get(caption), [id], caption);
    }
    await assertRejects(
      () => makeCaptionCorpus(emoji.concepts, splits, { [splits.validation[0]]: ["a thing"] }),
      UserError,
      splits.validation[0],
    );
  });

  it("is refused where a line is no caption but a book", async () => {
    const file = join(folder, "book.txt");
    await Deno.writeTextFile(file, `a red apple\n${"word ".repeat(1000)}\n`);
    await assertRejects(() => readCaptionCorpus(file), UserError, "line 2 has more than 2000");
  });

  it("is refused where it is missing or empty", async () => {
    await assertRejects(() => readCaptionCorpus(join(folder, "none.txt")), UserError, "none.txt");
    await Deno.writeTextFile(join(folder, "blank.txt"), "\n  \n");
    await assertRejects(() => readCaptionCorpus(join(folder, "blank.txt")), UserError, "empty");
  });
});

describe("a style folder", () => {
  /** A folder with a red image named a.png, a blue one named b.JPG, and these text files. */
  async function styleFolder(name: string, files: Record<string, string>): Promise<string> {
    const path = join(folder, name);
    await Deno.mkdir(path);
    await writePng(join(path, "a.png"), plainImage(8, 8, [255, 0, 0]));
    await writePng(join(path, "b.JPG"), plainImage(8, 8, [0, 0, 255]));
    for (const [file, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(path, file), text);
    }
    return path;
  }
  const style = '{ "styleWords": "chalk drawing" }';
  const a = '{ "file": "a.png", "caption": "a red field" }';
  const b = '{ "file": "b.JPG", "caption": "a blue field" }';

  it("tells captions in a list, in lines, or next to the images", async () => {
    const listed = await styleFolder("listed", {
      "style.json": style,
      "captions.json": `[${b}, ${a}]`,
    });
    const lines = await styleFolder("lines", {
      "style.json": style,
      "captions.jsonl": `${b}\n\n${a}\n`,
    });
    const beside = await styleFolder("beside", {
      "style.json": style,
      "a.txt": "a red\n field\n",
      "b.txt": "a blue field",
      ".hidden.png": "no image",
    });
    const metadata = await styleFolder("metadata", {
      "style.json": style,
      "metadata.jsonl": '{ "file_name": "b.JPG", "text": "a blue field", "seed": 3 }\n' +
        '{ "file_name": "a.png", "text": "a red field" }\n',
    });
    const shotsOf = async (path: string) =>
      (await readStyleFolder(path)).shots.map(({ file, caption }) => [file, caption]);
    const [red, blue] = [["a.png", "a red field"], ["b.JPG", "a blue field"]];
    assertEquals(await shotsOf(listed), [blue, red]);
    assertEquals(await shotsOf(lines), [blue, red]);
    assertEquals(await shotsOf(metadata), [blue, red]);
    assertEquals(await shotsOf(beside), [red, blue]);
  });

  it("is called as its file says, or as the caller says", async () => {
    const texts = { "a.txt": "red", "b.txt": "blue" };
    const named = await styleFolder("named", { "style.json": style, ...texts });
    const { name, styleWords } = await readStyleFolder(named + "/");
    assertEquals([name, styleWords], ["named", "chalk drawing"]);
    assertEquals((await readStyleFolder(named, { styleWords: "ink" })).styleWords, "ink");
    const unnamed = await styleFolder("unnamed", texts);
    assertEquals((await readStyleFolder(unnamed, { styleWords: "ink" })).styleWords, "ink");
    await assertRejects(() => readStyleFolder(unnamed), UserError, "style.json");
  });

  it("tells captions by the images' names, where it tells none otherwise", async () => {
    assertEquals(captionOfName("01_red-apple (2).jpg"), "red apple");
    assertEquals(captionOfName("A castle beside 2 lakes.WEBP"), "A castle beside 2 lakes");
    assertEquals(captionOfName("猫.png"), "猫");
    const telling = ["IMG_2034.JPG", "DSC0001.jpg", "20260405_1234.jpg", "a.png", "3f2a9c.png"];
    for (const name of telling) assertEquals(captionOfName(name), undefined, name);

    const path = await styleFolder("by name", { "style.json": style });
    await Deno.rename(join(path, "a.png"), join(path, "red field.png"));
    await assertRejects(
      () => readStyleFolder(path),
      UserError,
      "b.JPG: the image has no caption",
    );
    await Deno.rename(join(path, "b.JPG"), join(path, "blue-field-2.JPG"));
    const { shots } = await readStyleFolder(path);
    assertEquals(shots.map(({ caption }) => caption), ["blue field", "red field"]);
  });

  it("is tried to its last image, and names all that cannot be read", async () => {
    const path = await styleFolder("broken", { "style.json": style });
    const names = ["a.png", "b.JPG", "c.tiff", "d.heic", "e.avif"];
    await Deno.writeTextFile(join(path, "c.tiff"), "");
    await Deno.writeTextFile(join(path, "d.heic"), "no image");
    const whole = await Deno.readFile(join(path, "b.JPG"));
    await Deno.writeFile(join(path, "e.avif"), whole.subarray(0, whole.length - 20));
    for (const name of names) {
      await Deno.writeTextFile(join(path, name.replace(/\.\w+$/, ".txt")), "a field");
    }
    const error = await assertRejects(() => readStyleFolder(path, { limit: 1 }), UserError);
    assertStringIncludes(error.message, "3 images cannot be read");
    for (const name of names.slice(2)) assertStringIncludes(error.message, join(path, name));
    assert(!error.message.includes("a.png") && !error.message.includes("b.JPG"));
    for (const name of names.slice(2)) await Deno.remove(join(path, name));
    const { shots } = await readStyleFolder(path, { limit: 1 });
    assertEquals(shots.map(({ file }) => file), ["a.png"]);
  });

  it("is refused, by the file at fault, where something is missing or wrong", async () => {
    const cases: Record<string, [files: Record<string, string>, ...said: string[]]> = {
      "no caption next to": [{ "a.txt": "red" }, "b.JPG", "has no caption", "b.txt"],
      "blank caption next to": [{ "a.txt": "red", "b.txt": " \n" }, "b.txt: the caption is empty"],
      "several without captions": [
        { "a.txt": "", "c.txt": "c" },
        ...["2 images have no usable caption", "a.txt: the caption is empty"],
        "b.JPG: the image has no caption",
      ],
      "several that no list has": [
        { "captions.jsonl": "" },
        ...["2 images have no caption in the list", "a.png", "b.JPG", "captions.jsonl"],
      ],
      "no caption in list": [{ "captions.json": `[${a}]` }, "b.JPG", "has no caption"],
      "two captions": [{ "captions.json": `[${a}, ${b}, ${a}]` }, "two captions", "a.png"],
      "no image of a caption": [
        { "captions.jsonl": `${a}\n${b}\n{ "file": "c.png", "caption": "c" }` },
        "captions.jsonl",
        "c.png",
      ],
      "unknown key": [
        { "captions.json": '[{ "file": "a.png", "text": "red" }]' },
        "captions.json",
      ],
      "empty caption": [
        { "captions.jsonl": `${b}\n{ "file": "a.png", "caption": " " }` },
        "line 2",
        "caption is empty",
      ],
      "endless caption": [{ "a.txt": "red ".repeat(1000), "b.txt": "b" }, "a.txt", "2000"],
      "endless caption in list": [
        { "captions.json": `[${b}, { "file": "a.png", "caption": "${"a ".repeat(1500)}a" }]` },
        "captions.json",
        "2000 characters",
      ],
      "broken line": [{ "captions.jsonl": `${a}\n{ "file"` }, "line 2", "not JSON"],
      "unreadable image": [
        { "captions.json": `[${a}, ${b}, { "file": "c.webp", "caption": "c" }]`, "c.webp": "c" },
        "c.webp",
        "not an image",
      ],
      "empty image": [
        { "captions.json": `[${a}, ${b}, { "file": "c.png", "caption": "c" }]`, "c.png": "" },
        "c.png",
        "empty",
      ],
      "misspelt style": [
        { "style.json": '{ "stylewords": "ink" }', "a.txt": "red", "b.txt": "blue" },
        "style.json",
      ],
    };
    for (const [name, [files, ...said]] of Object.entries(cases)) {
      const path = await styleFolder(name, { "style.json": style, ...files });
      const error = await assertRejects(() => readStyleFolder(path), UserError);
      for (const part of said) assertStringIncludes(error.message, part);
    }
  });

  it("is refused where it is missing, a file, or without images", async () => {
    await assertRejects(() => readStyleFolder(join(folder, "none")), UserError, "none");
    const path = join(folder, "only text");
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "style.json"), style);
    await assertRejects(() => readStyleFolder(path), UserError, "no image");
    const file = join(path, "style.json");
    await assertRejects(() => readStyleFolder(file), UserError, "style.json");
  });
});
