import { dataFile } from "../files/mod.ts";
import { type Merge, type Vocabulary, vocabularyOf } from "./bpe.ts";

/** The vocabulary of OpenAI's CLIP, and of Stable Diffusion: 49,408 tokens. */
export async function clipVocabulary(): Promise<Vocabulary> {
  const packed = new Blob([await Deno.readFile(dataFile("tokenizers/clip/merges.txt.gz"))]);
  const text = await new Response(
    packed.stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
  const merges = text.trimEnd().split("\n").map((line) => line.split(" ") as unknown as Merge);
  return vocabularyOf(merges);
}
