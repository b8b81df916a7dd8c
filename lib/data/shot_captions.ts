/** The captions of a style folder's images, wherever the folder has them. */
import { basename, extname, join } from "node:path";
import { readText, UserError } from "../internal/runtime/mod.ts";
import { captionListIn, maxCaptionLength, readListedCaptions } from "./caption_lists.ts";

/**
 * The caption of each image, by file name: from a list of captions, in its order; else from the text
 * file next to each image; else, where there are none of either, from the images' names.
 *
 * @throws UserError where an image has no caption or two, or a caption has no image
 */
export async function readCaptionsOf(
  folder: string,
  files: readonly string[],
  images: readonly string[],
): Promise<Map<string, string>> {
  const list = captionListIn(files);
  if (list) return await readListedCaptions(folder, list, images);
  const captionOf = images.some((image) => files.includes(textFileOf(image)))
    ? (image: string) => readTextFile(folder, files, image)
    : captionOfName;
  const captions = new Map<string, string>();
  const problems: CaptionProblem[] = [];
  for (const image of images) {
    const caption = await captionOf(image);
    const problem = problemOf(caption, { folder, image, files });
    if (problem) problems.push(problem);
    else captions.set(image, caption!);
  }
  if (problems.length === 0) return captions;
  if (problems.length === 1) throw new UserError(problems[0]);
  throw new UserError({
    what: [
      `${problems.length} images have no usable caption`,
      ...problems.map(({ file, what }) => `${file}: ${what}`),
    ].join("\n  - "),
    file: folder,
    remedy: "write what each image shows, without the style, to a text file of its name; " +
      `"deno task specialist caption ${folder} --captioner …" writes those that are missing`,
  });
}

type CaptionProblem = { what: string; file: string; remedy?: string };

/** The file at fault is the text file where there is one, else the image. */
function problemOf(
  caption: string | undefined,
  { folder, image, files }: { folder: string; image: string; files: readonly string[] },
): CaptionProblem | undefined {
  const textFile = join(folder, textFileOf(image));
  if (caption === "") {
    return {
      what: "the caption is empty",
      file: textFile,
      remedy: `write what ${image} shows, without the style`,
    };
  }
  if (caption === undefined) {
    return {
      what: "the image has no caption",
      file: join(folder, image),
      remedy: `write its caption to ${textFile}`,
    };
  }
  if (caption.length <= maxCaptionLength) return undefined;
  return {
    what: `the caption has more than ${maxCaptionLength} characters`,
    file: files.includes(textFileOf(image)) ? textFile : join(folder, image),
    remedy: "describe the image in a sentence",
  };
}

/** The name of the text file that may tell what an image shows. */
export function textFileOf(image: string): string {
  return `${basename(image, extname(image))}.txt`;
}

async function readTextFile(
  folder: string,
  files: readonly string[],
  image: string,
): Promise<string | undefined> {
  const textFile = textFileOf(image);
  if (!files.includes(textFile)) return undefined;
  return (await readText(join(folder, textFile))).replace(/\s+/g, " ").trim();
}

/** What cameras and programs call images, whatever they show. */
const meaningless = new Set([
  ..."img dsc dscn dscf pxl mvimg vid mp image images photo picture pic shot scan".split(" "),
  ..."screenshot untitled whatsapp at copy edited".split(" "),
]);

/**
 * What an image shows, as its file's name says: "01_red-apple.jpg" shows "red apple". Nothing where
 * the name has no word that could tell, as "IMG_2034.jpg".
 */
export function captionOfName(file: string): string | undefined {
  const tokens = basename(file, extname(file)).split(/[^\p{L}\p{N}'’]+/u);
  const isWord = (token: string) => /^\p{L}[\p{L}'’]*$/u.test(token);
  const first = tokens.findIndex(isWord), last = tokens.findLastIndex(isWord);
  const telling = (token: string) =>
    isWord(token) && /\p{Lo}|../u.test(token) && !meaningless.has(token.toLowerCase());
  if (!tokens.some(telling)) return undefined;
  return tokens.slice(first, last + 1).join(" ");
}
