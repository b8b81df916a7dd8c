/** The emoji benchmark: concepts, and each designer's drawing of them. */
import { getIconData, iconToHTML, iconToSVG } from "@iconify/utils";
import { join } from "node:path";
import manifest from "../../../deno.json" with { type: "json" };
import {
  cacheFolder,
  createProgress,
  sha256,
  writeAtomically,
} from "../../internal/runtime/mod.ts";
import type { Image } from "../image.ts";
import { drawSvg } from "../image_files.ts";
import { type Concept, joinConcepts, readNamedEmoji } from "./concepts.ts";
import { type EmojiSet, emojiSets, type IconSet, readIconSets } from "./sets.ts";

/** The same concepts, drawn by several designers. */
export type Emoji = {
  /** Width and height of the images, in pixels. */
  size: 64;
  concepts: readonly Concept[];
  sets: readonly EmojiSet[];
  /** All images of a set. */
  images(set: string): EmojiImages;
  /** A set's image of a concept, if it has one. */
  image(set: string, conceptId: string): Image | undefined;
};

const size = 64;

let loaded: Promise<Emoji> | undefined;

/**
 * The emoji benchmark. The first call ever draws the images from the icon sets into the cache, which
 * takes seconds; the first of a process reads them, and later ones have the same in memory.
 *
 * ```ts
 * const emoji = await loadEmoji();
 * const apple = emoji.image("noto", "red-apple");
 * ```
 */
export function loadEmoji(): Promise<Emoji> {
  return loaded ??= readEmoji().catch((error) => {
    loaded = undefined;
    throw error;
  });
}

async function readEmoji(): Promise<Emoji> {
  const [named, iconSets] = await Promise.all([readNamedEmoji(), readIconSets()]);
  const concepts = joinConcepts(named, iconSets);
  const sets = await readImages(concepts, iconSets, size);
  const positions = new Map(
    [...sets].map(([name, { ids }]) => [name, new Map(ids.map((id, i) => [id, i]))]),
  );

  const emoji: Emoji = {
    size,
    concepts,
    sets: emojiSets,
    images(name) {
      const images = sets.get(name);
      if (images === undefined) throw new RangeError(`unknown emoji set: ${name}`);
      return images;
    },
    image(name, conceptId) {
      const { pixels } = emoji.images(name);
      const position = positions.get(name)!.get(conceptId);
      if (position === undefined) return undefined;
      const length = size * size * 3;
      const data = pixels.subarray(position * length, (position + 1) * length);
      return { width: size, height: size, data };
    },
  };
  return emoji;
}

/** The drawings of one set. */
export type EmojiImages = {
  /** The concepts that the set has, in the order of `pixels`. */
  ids: string[];
  /** [ids.length, size, size, 3] */
  pixels: Uint8Array;
};

/** Icons drawn at a time: sharp draws on several cores, in threads of its own. */
const batchSize = 32;

/** The images of all sets: from the cache, or drawn into it where they are not there yet. */
async function readImages(
  concepts: readonly Concept[],
  iconSets: ReadonlyMap<string, IconSet>,
  size: number,
): Promise<Map<string, EmojiImages>> {
  const folder = join(cacheFolder(), "emoji", cacheKey(concepts, size));
  const cached = new Map<string, EmojiImages>();
  for (const { name } of emojiSets) {
    const ids = concepts.filter(({ icons }) => name in icons).map(({ id }) => id);
    const pixels = await readPixels(join(folder, `${name}.rgb`), ids.length * size * size * 3);
    if (pixels !== undefined) cached.set(name, { ids, pixels });
  }
  const missing = emojiSets.map(({ name }) => name).filter((name) => !cached.has(name));
  if (missing.length === 0) return cached;
  return new Map([...cached, ...await drawImages(missing, concepts, iconSets, size, folder)]);
}

async function drawImages(
  sets: readonly string[],
  concepts: readonly Concept[],
  iconSets: ReadonlyMap<string, IconSet>,
  size: number,
  folder: string,
): Promise<Map<string, EmojiImages>> {
  await Deno.mkdir(folder, { recursive: true });
  const drawn = new Map<string, EmojiImages>();
  const total = sets.reduce((sum, set) => sum + concepts.filter((c) => set in c.icons).length, 0);
  const progress = createProgress({ label: "Drawing emoji", total, unit: "images" });
  let done = 0;
  try {
    for (const set of sets) {
      const members = concepts.filter(({ icons }) => set in icons);
      const pixels = new Uint8Array(members.length * size * size * 3);
      for (let first = 0; first < members.length; first += batchSize) {
        const batch = members.slice(first, first + batchSize);
        await Promise.all(batch.map(async ({ icons }, i) => {
          const { data } = await drawIcon(iconSets.get(set)!, icons[set], size);
          pixels.set(data, (first + i) * data.length);
        }));
        progress.update(done += batch.length);
      }
      const ids = members.map(({ id }) => id);
      await writeAtomically(join(folder, `${set}.rgb`), pixels);
      await writeAtomically(join(folder, `${set}.json`), JSON.stringify({ size, ids }));
      drawn.set(set, { ids, pixels });
    }
  } finally {
    progress.stop();
  }
  return drawn;
}

/** Nothing where the file is missing or of another length. */
async function readPixels(path: string, length: number): Promise<Uint8Array | undefined> {
  try {
    const pixels = await Deno.readFile(path);
    return pixels.length === length ? pixels : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Changes with everything that determines the pixels: versions of packages, icons and their order,
 * size.
 */
function cacheKey(concepts: readonly Concept[], size: number): string {
  const { sharp, ...imports } = manifest.imports;
  const packages = Object.entries(imports).filter(([name]) => name.startsWith("@iconify"));
  const icons = concepts.map(({ id, icons }) => [id, icons]);
  const content = JSON.stringify({ size, sharp, packages, icons });
  return sha256(content).slice(0, 16);
}

/** The icon on white, as large as fits into a square of `size` pixels. */
export async function drawIcon({ drawings }: IconSet, name: string, size: number): Promise<Image> {
  const icon = getIconData(drawings, name);
  if (icon === null) throw new Error(`${drawings.prefix} has no icon named ${name}`);
  const { attributes, body } = iconToSVG(icon, { width: `${size}`, height: `${size}` });
  return await drawSvg(iconToHTML(body, attributes), size);
}
