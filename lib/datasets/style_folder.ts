import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../errors/mod.ts";
import { readJson } from "../files/mod.ts";
import type { Image, ReadImageOptions } from "../images/mod.ts";
import { listPictures, readPictures } from "./picture_files.ts";
import { readCaptionsOf } from "./shot_captions.ts";

/** A picture of the style, and what it shows, in words without the style. */
export type Shot = {
  /** Its name in the folder. */
  file: string;
  image: Image;
  caption: string;
};

/** A style by example. */
export type Style = {
  /** The folder's name. */
  name: string;
  /** What the style is called in a prompt. */
  styleWords: string;
  /** In the order of the captions' file, else of their names. */
  shots: Shot[];
};

/** What a style folder's `style.json` holds. */
export const styleSchema = z.strictObject({
  styleWords: z.string().trim().min(1).max(200).describe("What the style is called in a prompt"),
  title: z.string().optional(),
  author: z.string().optional(),
  licence: z.string().optional().describe("SPDX identifier"),
  source: z.string().optional().describe("Where the pictures come from"),
});

export type ReadStyleOptions = ReadImageOptions & {
  /** What the style is called, where `style.json` does not tell. */
  styleWords?: string;
  /** So many shots are kept, the first ones; all by default. */
  limit?: number;
};

/**
 * Reads a folder of pictures of any size (PNG, JPEG, WebP, AVIF, TIFF, GIF), each with a caption: in
 * `captions.json`, a list of `{ "file", "caption" }`; in `captions.jsonl`, one of them a line; in
 * `metadata.jsonl`, `{ "file_name", "text" }` a line; in a text file of the picture's name beside it;
 * or, where there is none of these, in the picture's name.
 *
 * ```ts
 * const { styleWords, shots } = await readStyleFolder("my-style", { styleWords: "chalk drawing" });
 * ```
 *
 * @throws UserError where the folder holds no picture, one has no caption, a caption has no picture,
 * nothing tells the style's words, or pictures cannot be read, which are all named
 */
export async function readStyleFolder(
  folder: string,
  { styleWords, ...options }: ReadStyleOptions = {},
): Promise<Style> {
  const { files, pictures } = await listPictures(folder);
  const words = styleWords ?? await styleWordsOf(folder, files);
  const captions = [...await readCaptionsOf(folder, files, pictures)];
  const images = await readPictures(folder, captions.map(([file]) => file), options);
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
    what: "nothing tells what the style is called in a prompt",
    file,
    remedy: 'write it there, as { "styleWords": "chalk drawing" }',
  });
}
