/** The pictures in a folder, of any format. */
import { extname, join } from "node:path";
import { UserError } from "../errors/mod.ts";
import { type Image, readImage, type ReadImageOptions } from "../images/mod.ts";

/** The last three cannot be read; to pass over them in silence would be worse than to say so. */
const extensions = [
  ...[".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif"],
  ...[".heic", ".heif", ".bmp"],
];

/** Whether a file's name says that it is a picture. */
export function isPicture(file: string): boolean {
  return extensions.includes(extname(file).toLowerCase());
}

/**
 * Reads pictures one after the other.
 *
 * @param limit keeps so many of them; the others are only tried
 * @throws UserError naming all that cannot be read
 */
export async function readPictures(
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
    what: [`${errors.length} pictures cannot be read`, ...errors.map(lineOf)].join("\n  - "),
    file: folder,
    remedy: "replace these files, or take them out of the folder",
  }, { cause: errors });
}

function lineOf(error: unknown): string {
  if (!(error instanceof UserError)) return (error as Error).message;
  const { file, what } = error.problem;
  return `${file}: ${what}`;
}
