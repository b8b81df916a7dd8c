/** Captions in the formats that training tools write: text files, CSV, JSON Lines. */
import { join } from "node:path";
import { z } from "zod";
import {
  dataFile,
  firstProblem,
  listOf,
  parseJson,
  problemLine,
  readJson,
  readText,
  UserError,
} from "../internal/runtime/mod.ts";

/** In characters; text encoders read 77 tokens or so. */
export const maxCaptionLength = 2000;

/** What an image shows. */
export const captionText = z.string().trim().min(1, "the caption is empty")
  .max(maxCaptionLength, `the caption has more than ${maxCaptionLength} characters`);

// Files that list the captions of a folder's images.

/** An image's file name, and its caption. */
type ShotCaption = { file: string; caption: string };

/** A file of captions: how it is read, and how an entry of it is written. */
type CaptionList = {
  name: string;
  read(path: string): Promise<ShotCaption[]>;
  entry(caption: ShotCaption): string;
};

const shotCaptionSchema = z.strictObject({ file: z.string(), caption: captionText });
const shotCaptionEntry = ({ file, caption }: ShotCaption) =>
  `{ "file": ${JSON.stringify(file)}, "caption": ${JSON.stringify(caption)} }`;

/** A line of an image folder of Hugging Face's `datasets`, which may have other columns too. */
const imageFolderSchema = z.looseObject({ file_name: z.string(), text: captionText })
  .transform(({ file_name, text }): ShotCaption => ({ file: file_name, caption: text }));
const imageFolderEntry = ({ file, caption }: ShotCaption) =>
  `{ "file_name": ${JSON.stringify(file)}, "text": ${JSON.stringify(caption)} }`;

const captionLists: readonly CaptionList[] = [
  {
    name: "captions.json",
    read: (path) => readJson(path, listOf(shotCaptionSchema)),
    entry: shotCaptionEntry,
  },
  linesOf("captions.jsonl", shotCaptionSchema, shotCaptionEntry),
  linesOf("metadata.jsonl", imageFolderSchema, imageFolderEntry),
];

/** The list among `files`, if there is one. */
export function captionListIn(files: readonly string[]): CaptionList | undefined {
  return captionLists.find(({ name }) => files.includes(name));
}

/**
 * The caption of each image, by file name, in the order of the list.
 *
 * @throws UserError where an image has no caption or two, or a caption has no image
 */
export async function readListedCaptions(
  folder: string,
  { name, read, entry }: CaptionList,
  images: readonly string[],
): Promise<Map<string, string>> {
  const path = join(folder, name);
  const byFile = new Map<string, string>();
  for (const { file, caption } of await read(path)) {
    if (byFile.has(file)) {
      throw new UserError({
        what: "an image has two captions",
        file: path,
        value: file,
        remedy: "keep one of them",
      });
    }
    if (!images.includes(file)) {
      throw new UserError({
        what: "a caption is for an image that is not in the folder",
        file: path,
        value: file,
        remedy: "add the image, or remove its caption",
      });
    }
    byFile.set(file, caption);
  }
  const uncaptioned = images.filter((image) => !byFile.has(image));
  if (uncaptioned.length === 0) return byFile;
  const entries = uncaptioned.map((file) => entry({ file, caption: "…" }));
  if (uncaptioned.length === 1) {
    throw new UserError({
      what: "the image has no caption",
      file: join(folder, uncaptioned[0]),
      remedy: `add ${entries[0]} to ${path}`,
    });
  }
  throw new UserError({
    what: [
      `${uncaptioned.length} images have no caption in the list`,
      ...uncaptioned,
    ].join("\n  - "),
    file: path,
    remedy: `add an entry for each, as ${entries[0]}`,
  });
}

/** A list with an entry on each line. */
function linesOf(
  name: string,
  schema: z.ZodType<ShotCaption>,
  entry: CaptionList["entry"],
): CaptionList {
  const example = entry({ file: "cat.png", caption: "a cat" });
  const parseLine = (line: string, path: string, number: number): ShotCaption => {
    const fail = (what: string, cause: Error) =>
      new UserError(
        { what: `line ${number}: ${what}`, file: path, remedy: `write it as ${example}` },
        { cause },
      );
    let value: unknown;
    try {
      value = parseJson(line);
    } catch (error) {
      throw fail((error as Error).message, error as Error);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw fail(problemLine(firstProblem(parsed.error, value, schema)), parsed.error);
  };
  return {
    name,
    entry,
    async read(path) {
      const lines = (await readText(path)).split("\n");
      return lines.flatMap((line, i) => line.trim() === "" ? [] : parseLine(line, path, i + 1));
    },
  };
}

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
  const tooLong = lines.findIndex((line) => line.length > maxCaptionLength);
  if (tooLong >= 0) {
    const what = `line ${tooLong + 1} has more than ${maxCaptionLength} characters`;
    throw fail(what, "describe an image in a sentence, or remove the line");
  }
  const captions = lines.filter((line) => line !== "");
  if (captions.length > 0) return captions;
  throw fail("the corpus of captions is empty", "write a caption on each line");
}
