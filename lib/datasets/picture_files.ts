/** The pictures in a folder, of any format. */
import { extname, join } from "node:path";
import { UserError } from "../errors/mod.ts";
import { type Image, readImage, type ReadImageOptions } from "../images/mod.ts";

/** The last three cannot be read; to pass over them in silence would be worse than to say so. */
const extensions = [
  ...[".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif"],
  ...[".heic", ".heif", ".bmp"],
];

/**
 * The names of a folder's files, in order, and of those that are pictures; hidden ones are left out.
 *
 * @throws UserError where it cannot be read, or holds no picture
 */
export async function listPictures(
  folder: string,
): Promise<{ files: string[]; pictures: string[] }> {
  const files = await filesIn(folder);
  const pictures = files.filter((file) => extensions.includes(extname(file).toLowerCase()));
  if (pictures.length > 0) return { files, pictures };
  throw new UserError({
    what: "there is no picture in this folder",
    file: folder,
    remedy: "put 1 to 10 pictures of the style into it, as PNG, JPEG or WebP files",
  });
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory, name }) => !isDirectory && !name.startsWith("."))
      .map(({ name }) => name).sort();
  } catch (cause) {
    throw new UserError({
      what: `cannot read the pictures' folder: ${(cause as Error).message}`,
      file: folder,
      remedy: "name a folder with pictures",
    }, { cause });
  }
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
