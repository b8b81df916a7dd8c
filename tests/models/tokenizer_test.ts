import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { trainBpe } from "specialist/models/tokenizer/bpe.ts";
import { createTokenizer } from "specialist/models/tokenizer/clip_tokenizer.ts";
import { loadTokenizer, saveTokenizer } from "specialist/models/tokenizer/files.ts";

const reference = join(import.meta.dirname!, "..", "fixtures", "pipeline", "tokenizer");
const corpus = [
  "a red apple, fruit",
  "a green apple",
  "a dog",
  "two dogs and a cat",
  "a cat's café",
];

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

describe("tokenizer", () => {
  it("pads and cuts to the length of the text model", async () => {
    const { encode, tokenize, bosId, eosId, padId } = await loadTokenizer(reference);
    const short = encode("a photo of a cat");
    assertEquals(short.length, 77);
    assertEquals(short.slice(0, 7), [bosId, ...tokenize("a photo of a cat"), eosId]);
    assert(short.slice(7).every((id) => id === padId));

    const long = encode("photo ".repeat(200));
    assertEquals(long.length, 77);
    assertEquals([long[0], long[76]], [bosId, eosId]);
    assertEquals(long.slice(1, 76), tokenize("photo ".repeat(75)));
  });

  it("decodes what it encoded, in lower case, whatever the characters", async () => {
    const tokenizer = await loadTokenizer(reference);
    for (const text of ["a photo of a cat", "日本語 текст", "👩‍👩‍👧‍👦 x² ½", "ünïcödé"]) {
      assertEquals(tokenizer.decode(tokenizer.encode(text)), text.replace("x² ½", "x ² ½"));
    }
    assertEquals(tokenizer.decode(tokenizer.encode("A  CAT's")), "a cat 's");
    assertThrows(() => tokenizer.decode([1e6]), RangeError, "1000000");
  });

  it("counts words, not tokens", async () => {
    const { countWords, tokenize } = await loadTokenizer(reference);
    assertEquals(countWords("supercalifragilistic cats, 10!"), 6);
    assert(tokenize("supercalifragilistic").length > 1);
    assertEquals(countWords("  "), 0);
  });

  it("matches an added token as it stands, anywhere, and leaves the other ids alone", () => {
    const plain = createTokenizer(trainBpe(corpus, 600));
    const added = plain.addToken("<Style>").addToken("<Style>-2");
    const [first, second] = [plain.vocabSize, plain.vocabSize + 1];
    assertEquals(added.vocabSize, plain.vocabSize + 2);
    assertEquals(added.tokenize("A dog in <Style>."), [
      ...plain.tokenize("a dog in"),
      first,
      ...plain.tokenize("."),
    ]);
    assertEquals(added.tokenize("dog<Style>-2<Style>"), [...plain.tokenize("dog"), second, first]);
    assertEquals(added.tokenize("a <style> dog"), plain.tokenize("a <style> dog"));
    assertEquals(added.decode(added.encode("a dog in <Style>-2")), "a dog in <Style>-2");
    assertThrows(() => added.addToken("<Style>"), Error, "is a token already");
    assertThrows(() => added.addToken("apple"), Error, "is a token already");
    assertThrows(() => added.addToken(" "), Error, "at least one character");
  });

  it("knows a word of several tokens, which follow each other, as diffusers does", async () => {
    const plain = createTokenizer(trainBpe(corpus, 600));
    const added = plain.addToken("<style>", 3);
    const ids = [0, 1, 2].map((i) => plain.vocabSize + i);
    assertEquals(Object.keys(added.data.addedTokens), ["<style>", "<style>_1", "<style>_2"]);
    assertEquals(added.tokenize("in <style> style"), [
      ...plain.tokenize("in"),
      ...ids,
      ...plain.tokenize("style"),
    ]);
    assertEquals(added.tokenize("<style>_2"), [ids[2]]);
    assertThrows(() => plain.addToken("<style>_1").addToken("<style>", 2), Error, "<style>_1");
    await saveTokenizer(added, join(folder, "several"));
    assertEquals((await loadTokenizer(join(folder, "several"))).tokenize("<style>"), ids);
  });

  it("loads what it saved", async () => {
    const saved = createTokenizer({ ...trainBpe(corpus, 600), maxLength: 16, padToken: "!" })
      .addToken("<style-token>");
    await saveTokenizer(saved, join(folder, "saved"));
    const loaded = await loadTokenizer(join(folder, "saved"));
    assertEquals(loaded.data, saved.data);
    assertEquals(loaded.encode("two <style-token> dogs!"), saved.encode("two <style-token> dogs!"));
  });

  it("reads a folder that has tokenizer.json alone", async () => {
    const { data, encode } = await loadTokenizer(reference);
    for (const merges of [data.merges, data.merges.map((merge) => merge.join(" "))]) {
      const path = join(folder, "tokenizer.json");
      const added_tokens = [{ id: data.vocab["<|endoftext|>"], content: "<|endoftext|>" }];
      const whole = { model: { vocab: data.vocab, merges }, added_tokens };
      await Deno.writeTextFile(path, JSON.stringify(whole));
      const loaded = await loadTokenizer(folder);
      assertEquals(loaded.encode("a photo of a cat"), encode("a photo of a cat"));
    }
  });

  it("takes a length that no text could have for none", async () => {
    const path = join(folder, "long");
    await saveTokenizer(createTokenizer(trainBpe(corpus, 520)), path);
    for (const length of [1e9, 1e30]) {
      const config = JSON.stringify({ model_max_length: length });
      await Deno.writeTextFile(join(path, "tokenizer_config.json"), config);
      assertEquals((await loadTokenizer(path)).encode("a dog").length, 77);
    }
  });

  it("names the file that is missing or malformed", async () => {
    const broken = join(folder, "broken");
    const refused = async (file: string, text: string, message: string) => {
      await saveTokenizer(createTokenizer(trainBpe(corpus, 520)), broken);
      await Deno.writeTextFile(join(broken, file), text);
      const error = await assertRejects(() => loadTokenizer(broken), UserError, broken);
      assertStringIncludes(error.message, message);
    };
    await refused("vocab.json", "{", "vocab.json: not JSON");
    await refused("vocab.json", '{"a": 0.5}', "vocab.json");
    await refused("vocab.json", '{"a": 0}', 'no "<|startoftext|>"');
    await refused("merges.txt", "#version: 0.2\na b\na b c\n", "merges.txt, line 3");
    await refused("tokenizer_config.json", '{"model_max_length": "77"}', "model_max_length");
    await refused("tokenizer_config.json", '{"model_max_length": 7.5}', "model_max_length");
    await refused("added_tokens.json", '{"<a>": 9999}', 'of 521 tokens, "<a>" has the id 9999');
    await refused("added_tokens.json", '{"<a>": 7}', '"<a>" has the id 7');
    await refused("added_tokens.json", '{"<a>": 1e300}', "<a>");
    const decoder = JSON.stringify({ added_tokens_decoder: { 520: { content: "" } } });
    await refused("tokenizer_config.json", decoder, "added_tokens_decoder");
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`<${i}>`, 520 + i]));
    await refused("added_tokens.json", JSON.stringify(many), "added tokens");
    await refused("added_tokens.json", '{"": 520}', "one of the added tokens is empty");
    const long = "<".repeat(1 << 15);
    await refused(
      "added_tokens.json",
      JSON.stringify({ [long]: 520 }),
      "longer than 256 characters",
    );
    await assertRejects(() => loadTokenizer(join(folder, "none")), Error, "vocab.json");
  });
});

describe("BPE training", () => {
  it("makes every word of a small corpus one token", () => {
    const tokenizer = createTokenizer(trainBpe(corpus, 10_000));
    for (const caption of corpus) {
      assertEquals(tokenizer.tokenize(caption).length, tokenizer.countWords(caption));
    }
    assert(tokenizer.vocabSize < 700);
  });

  it("merges the most frequent pairs first and fills the vocabulary it is given", () => {
    const { vocab, merges } = trainBpe(["low low low lower"], 516);
    assertEquals(merges, [["l", "o"], ["lo", "w</w>"]]);
    assertEquals(Object.keys(vocab).length, 516);
    assertEquals(new Set(Object.values(vocab)), new Set(Array(516).keys()));
    assertEquals(vocab["<|endoftext|>"], 515);
    assertThrows(() => trainBpe([], 513), RangeError, "514");
  });

  it("numbers the bytes as CLIP does, and spells with them what it has not seen", async () => {
    const { data: { vocab } } = await loadTokenizer(reference);
    const tokenizer = createTokenizer(trainBpe(corpus, 600));
    const bytes = Object.entries(vocab).filter(([, id]) => id < 512);
    for (const [token, id] of bytes) assertEquals(tokenizer.data.vocab[token], id);
    assertEquals(tokenizer.decode(tokenizer.encode("zebra 🦓")), "zebra 🦓");
  });

  it("does not depend on the order of the corpus", () => {
    assertEquals(trainBpe([...corpus].reverse(), 560), trainBpe(corpus, 560));
  });
});
