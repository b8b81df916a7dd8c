import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeAll, writeAtomically } from "../files/mod.ts";
import type { Image } from "../images/mod.ts";
import type { Backbone } from "../diffusion/backbone.ts";
import { sample, type SampleOptions } from "./sample.ts";

/** Where pictures are kept that are always drawn the same. */
export type CachedSamples = {
  folder: string;
  /** Identifies all that decides them beside the options: weights, code, what computes. */
  model: string;
};

/**
 * What {@link sample} draws: from the folder if it was drawn before, drawn into it otherwise.
 *
 * @param kept nothing is kept without
 */
export async function sampleCached(
  model: Backbone,
  options: SampleOptions,
  kept: CachedSamples | undefined,
): Promise<Image[]> {
  if (!kept) return await sample(model, options);
  const { signal: _signal, onStep: _onStep, ...deciding } = options;
  const content = JSON.stringify([kept.model, model.imageSize(), deciding]);
  const key = createHash("sha256").update(content).digest("hex");
  const path = join(kept.folder, `${key.slice(0, 16)}.pictures`);
  const known = await readPictures(path, options.prompts.length);
  if (known) return known;
  const images = await sample(model, options);
  await Deno.mkdir(kept.folder, { recursive: true });
  await writePictures(path, images);
  return images;
}

/** Width and height, then the pixels of each picture. */
async function writePictures(path: string, images: readonly Image[]): Promise<void> {
  const [{ width, height }] = images;
  await writeAtomically(path, async (file) => {
    await writeAll(file, new Uint8Array(Uint32Array.of(width, height).buffer));
    for (const { data } of images) await writeAll(file, data);
  });
}

/** Nothing where the file is missing or of another length. */
async function readPictures(path: string, count: number): Promise<Image[] | undefined> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  if (!bytes || bytes.length < 8) return undefined;
  const [width, height] = new Uint32Array(bytes.buffer, 0, 2);
  const length = width * height * 3;
  if (bytes.length !== 8 + count * length) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const start = 8 + i * length;
    return { width, height, data: bytes.subarray(start, start + length) };
  });
}
