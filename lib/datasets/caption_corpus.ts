import { UserError } from "../errors/mod.ts";
import { dataFile } from "../files/mod.ts";

/** The shipped corpus: what emoji show. */
export const emojiCorpusFile = dataFile("captions/emoji.txt");

/**
 * Reads a corpus: a text file with a caption per line.
 *
 * @throws UserError naming the file, where it is missing or holds no caption
 */
export async function readCaptionCorpus(file = emojiCorpusFile): Promise<string[]> {
  const text = await Deno.readTextFile(file).catch((cause) => {
    throw new UserError({
      what: `cannot read the corpus of captions: ${(cause as Error).message}`,
      file,
      remedy: "name a text file with a caption per line",
    }, { cause });
  });
  const captions = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (captions.length > 0) return captions;
  throw new UserError({
    what: "the corpus of captions is empty",
    file,
    remedy: "write a caption on each line",
  });
}
