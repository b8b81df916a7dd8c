/** Pictures of a folder that nobody has said of yet what they show. */
import { join } from "node:path";
import { UserError } from "../errors/mod.ts";
import { writeAtomically } from "../files/mod.ts";
import { captionListIn } from "./caption_lists.ts";
import { listPictures } from "./picture_files.ts";
import { textFileOf } from "./shot_captions.ts";

/**
 * The names of the pictures without a text file beside them.
 *
 * @throws UserError where there is no folder or no picture, or captions stand in a list
 */
export async function uncaptionedPictures(folder: string): Promise<string[]> {
  const { files, pictures } = await listPictures(folder);
  const list = captionListIn(files);
  if (list) {
    throw new UserError({
      what: "captions stand in a list, which text files beside the pictures would not add to",
      file: join(folder, list.name),
      remedy: "complete the list, or remove it",
    });
  }
  return pictures.filter((picture) => !files.includes(textFileOf(picture)));
}

/** Writes what a picture shows to the text file beside it. */
export async function writeCaption(
  folder: string,
  picture: string,
  caption: string,
): Promise<void> {
  await writeAtomically(join(folder, textFileOf(picture)), `${caption}\n`);
}
