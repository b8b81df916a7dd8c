import { join } from "node:path";
import type { Subject } from "specialist/evaluation/mod.ts";
import { type Image, writePng } from "specialist/images/mod.ts";

/** A file for each subject's picture, named by the subject. */
export async function savePictures(
  folder: string,
  subjects: readonly Subject[],
  images: readonly Image[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [i, image] of images.entries()) {
    await writePng(pictureFile(folder, subjects[i]), image);
  }
}

export function pictureFile(folder: string, { id }: Subject): string {
  return join(folder, `${id}.png`);
}
