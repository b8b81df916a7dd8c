/** A style as a folder: a few images, their captions, and what the style is called. */
import { basename, extname, join, resolve } from "node:path";
import { z } from "zod";
import {
  dataFile,
  didYouMean,
  readJson,
  reasonOf,
  UserError,
  writeAtomically,
} from "../internal/runtime/mod.ts";
import { captionListIn } from "./caption_lists.ts";
import { emojiSets } from "./emoji/sets.ts";
import type { Image } from "./image.ts";
import { readImage, type ReadImageOptions } from "./image_files.ts";
import { readCaptionsOf, textFileOf } from "./shot_captions.ts";

/** An image of the style, and what it shows, in words without the style: "a red apple". */
export type Shot = { image: Image; caption: string };

/** A shot in a folder. */
export type ShotFile = Shot & {
  /** Its name in the folder. */
  file: string;
};

/** A style, given by examples. */
export type Style = {
  /** The folder's name. */
  name: string;
  /** What the style is called in a prompt. */
  styleWords: string;
  /** In the order of the captions' file, else of their names. */
  shots: ShotFile[];
};

/** What a style folder's `style.json` holds. */
const styleSchema = z.strictObject({
  styleWords: z.string().trim().min(1).max(200).describe("What the style is called in a prompt"),
  title: z.string().optional(),
  author: z.string().optional(),
  licence: z.string().optional().describe("SPDX identifier"),
  source: z.string().optional().describe("Where the images come from"),
});

type ReadStyleOptions = ReadImageOptions & {
  /** What the style is called, where `style.json` does not say. */
  styleWords?: string;
  /** How many shots are read, the first ones; all by default. */
  limit?: number;
};

/**
 * Reads a folder of images of any size (PNG, JPEG, WebP, AVIF, TIFF, GIF), each with a caption: in
 * `captions.json`, a list of `{ "file", "caption" }`; in `captions.jsonl`, one of them a line; in
 * `metadata.jsonl`, `{ "file_name", "text" }` a line; in a text file of the image's name next to it;
 * or, where there is none of these, in the image's name.
 *
 * ```ts
 * const { styleWords, shots } = await readStyleFolder("my-style", { styleWords: "chalk drawing" });
 * ```
 *
 * @throws UserError where the folder holds no image, one has no caption, a caption has no image,
 * the style's words are missing, or images cannot be read, all of which are named
 */
export async function readStyleFolder(
  folder: string,
  { styleWords, ...options }: ReadStyleOptions = {},
): Promise<Style> {
  const { files, imageFiles } = await listImages(folder);
  const words = styleWords ?? await styleWordsOf(folder, files);
  const captions = [...await readCaptionsOf(folder, files, imageFiles)];
  const images = await readImages(folder, captions.map(([file]) => file), options);
  const shots = images.map((image, i) => ({
    file: captions[i][0],
    image,
    caption: captions[i][1],
  }));
  return { name: basename(resolve(folder)), styleWords: words, shots };
}

async function styleWordsOf(folder: string, files: string[]): Promise<string> {
  const file = join(folder, "style.json");
  if (files.includes("style.json")) return (await readJson(file, styleSchema)).styleWords;
  throw new UserError({
    what: "the style's words are missing",
    file,
    remedy: 'write it there, as { "styleWords": "chalk drawing" }',
  });
}

// The images in a folder, of any format.

/** The last three cannot be read; an error is better than ignoring them. */
const extensions = [
  ...[".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif"],
  ...[".heic", ".heif", ".bmp"],
];

/**
 * The names of a folder's files, in order, and of those that are images; hidden ones are left out.
 *
 * @throws UserError where it cannot be read, or holds no image
 */
async function listImages(
  folder: string,
): Promise<{ files: string[]; imageFiles: string[] }> {
  const files = await filesIn(folder);
  const imageFiles = files.filter((file) => extensions.includes(extname(file).toLowerCase()));
  if (imageFiles.length > 0) return { files, imageFiles };
  throw new UserError({
    what: "there is no image in this folder",
    file: folder,
    remedy: "put 1 to 10 images of the style into it, as PNG, JPEG or WebP files",
  });
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory, name }) => !isDirectory && !name.startsWith("."))
      .map(({ name }) => name).sort();
  } catch (cause) {
    throw new UserError({
      what: `cannot read the images' folder: ${reasonOf(cause)}`,
      file: folder,
      remedy: "name a folder with 1 to 10 images of the style",
    }, { cause });
  }
}

/**
 * Reads images one after the other.
 *
 * @param limit how many are returned; the others are only checked
 * @throws UserError naming all that cannot be read
 */
async function readImages(
  folder: string,
  files: readonly string[],
  { limit = files.length, ...options }: ReadImageOptions & { limit?: number } = {},
): Promise<Image[]> {
  const images: Image[] = [], errors: unknown[] = [];
  for (const file of files) {
    try {
      const image = await readImage(join(folder, file), options);
      if (images.length < limit) images.push(image);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 0) return images;
  throw errors.length === 1 ? errors[0] : new UserError({
    what: [`${errors.length} images cannot be read`, ...errors.map(lineOf)].join("\n  - "),
    file: folder,
    remedy: "replace these files, or remove them from the folder",
  }, { cause: errors });
}

function lineOf(error: unknown): string {
  if (!(error instanceof UserError)) return reasonOf(error);
  const { file, what } = error.problem;
  return `${file}: ${what}`;
}

// Images of a folder that have no caption yet.

/**
 * The names of the images without a text file next to them.
 *
 * @throws UserError where there is no folder or no image, or the captions are in a list
 */
export async function uncaptionedImages(folder: string): Promise<string[]> {
  const { files, imageFiles } = await listImages(folder);
  const list = captionListIn(files);
  if (list) {
    throw new UserError({
      what: "the captions are in a list, which text files next to the images would not extend",
      file: join(folder, list.name),
      remedy: "complete the list, or remove it",
    });
  }
  return imageFiles.filter((file) => !files.includes(textFileOf(file)));
}

/** Writes what an image shows to the text file next to it. */
export async function writeCaption(
  folder: string,
  imageFile: string,
  caption: string,
): Promise<void> {
  await writeAtomically(join(folder, textFileOf(imageFile)), `${caption}\n`);
}

/** The styles whose shots the project ships. */
export const shippedStyles: readonly string[] = emojiSets
  .filter(({ role }) => role === "style").map(({ name }) => name);

/** How many sets of eight shots there are of each shipped style, none with a concept of another. */
export const shotSetCount = 4;

/**
 * The folder of a shipped style, for `readStyleFolder`.
 *
 * @param shotSet which eight drawings, from 1 to 4: repeating an experiment with other shots says
 *   whether its result depends on them
 * @throws UserError if there is no style of this name
 */
export function styleFolderOf(name: string, shotSet = 1): string {
  if (shippedStyles.includes(name)) {
    return dataFile(shotSet === 1 ? `styles/${name}` : `shot_sets/${shotSet}/${name}`);
  }
  throw new UserError({
    what: `unknown style${didYouMean(name, [...shippedStyles])}`,
    value: name,
    remedy: `choose one of ${shippedStyles.join(", ")}, or a folder of your own`,
  });
}

/** The shipped base model's folder, which has a guide and a judge next to it. */
export const baseModelFolder: string = dataFile("models/emoji-base");
