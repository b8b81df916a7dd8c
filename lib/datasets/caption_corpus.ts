import { UserError } from "../errors/mod.ts";
import { dataFile, readText } from "../files/mod.ts";
import { longestCaption } from "./caption_text.ts";

/** The shipped corpus: what emoji show. */
export const emojiCorpusFile = dataFile("captions/emoji.txt");

/**
 * Reads a corpus: a text file with a caption per line.
 *
 * @throws UserError naming the file, where it is missing, holds no caption, or one that is too long
 */
export async function readCaptionCorpus(file = emojiCorpusFile): Promise<string[]> {
  const lines = (await readText(file)).split("\n").map((line) => line.trim());
  const fail = (what: string, remedy: string) => new UserError({ what, file, remedy });
  const tooLong = lines.findIndex((line) => line.length > longestCaption);
  if (tooLong >= 0) {
    const what = `line ${tooLong + 1} has more than ${longestCaption} characters`;
    throw fail(what, "say in a sentence what a picture shows, or take the line out");
  }
  const captions = lines.filter((line) => line !== "");
  if (captions.length > 0) return captions;
  throw fail("the corpus of captions is empty", "write a caption on each line");
}
