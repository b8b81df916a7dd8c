/** What the base model draws: the same in each run of a sweep with the same noise, so kept once drawn. */
import { join } from "node:path";
import { cacheFolder, writeAll, writeAtomically } from "specialist/files/mod.ts";
import type { Image } from "specialist/images/mod.ts";
import { createFingerprint, gitCommit, libraryVersions } from "specialist/records/mod.ts";
import { pictureSize } from "specialist/training/mod.ts";
import type { Context } from "./context.ts";
import { type DrawOptions, drawSubjects } from "./draw_subjects.ts";

export type BaseDrawingOptions = DrawOptions & {
  /** What computes: another one rounds in other ways. */
  backend: string;
};

/** A picture by the base model for each subject: from the cache, or drawn into it. */
export async function baseDrawings(
  { model, datasets }: Pick<Context, "model" | "datasets">,
  subjects: Context["subjects"],
  { backend, ...options }: BaseDrawingOptions,
): Promise<Image[]> {
  const { styleWords, seed, sampling } = options;
  const size = pictureSize(model);
  const key = createFingerprint({
    kind: "base drawings",
    config: { items: subjects.map(({ item }) => item), styleWords, sampling, size, backend },
    seed,
    versions: { ...libraryVersions(), commit: `${gitCommit()}` },
    datasets: { model: datasets.model },
  });
  const folder = join(cacheFolder(), "drawings");
  const path = join(folder, `${key.slice(0, 16)}.rgb`);
  const kept = await readPictures(path, subjects.length, size);
  if (kept) return kept;
  const drawn = await drawSubjects(model, subjects, options);
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(path, async (file) => {
    for (const { data } of drawn) await writeAll(file, data);
  });
  return drawn;
}

/** Nothing where the file is missing or of another length. */
async function readPictures(
  path: string,
  count: number,
  size: number,
): Promise<Image[] | undefined> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  const length = size * size * 3;
  if (bytes?.length !== count * length) return undefined;
  return Array.from({ length: count }, (_, i) => ({
    width: size,
    height: size,
    data: bytes.subarray(i * length, (i + 1) * length),
  }));
}
