/** Captions images with an image-to-text model. */
import { join } from "node:path";
import {
  obtainCaptioner,
  readImage,
  startCaptioner,
  uncaptionedImages,
  writeCaption,
} from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import type { CaptionConfig } from "../commands/options.ts";

/**
 * The captioner's folder, if an image needs one.
 *
 * @throws UserError where it cannot be had; the signal's reason
 */
export async function neededCaptioner(
  { folder, captioner }: CaptionConfig,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (captioner === undefined || (await uncaptionedImages(folder)).length === 0) return undefined;
  return await obtainCaptioner(captioner, signal);
}

/** @param captioner its folder */
export async function runCaption(
  { folder, captioner: model }: CaptionConfig,
  signal?: AbortSignal,
): Promise<void> {
  const images = await uncaptionedImages(folder);
  if (images.length === 0) return console.log(`No image in ${folder} lacks a caption`);
  if (model === undefined) {
    throw new UserError({
      what:
        `${images.length === 1 ? "an image lacks" : `${images.length} images lack`} a caption, ` +
        "and no captioner is named",
      field: "captioner",
      remedy:
        "name one, as --captioner Xenova/vit-gpt2-image-captioning (downloads some 250 MB, and its " +
        "library of 150 MB) or the folder of one; or write each image's caption to a text file " +
        `next to it, as ${images[0].replace(/\.\w+$/, ".txt")}`,
    });
  }
  await using captioner = await startCaptioner(model);
  for (const image of images) {
    signal?.throwIfAborted();
    const text = await captioner.caption(await readImage(join(folder, image)));
    await writeCaption(folder, image, text);
    console.log(`${image}: ${text}`);
  }
}
