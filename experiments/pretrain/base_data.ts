/** The drawings that the base model learns from, and batches of them. */
import {
  baseTrainingConcepts,
  type Concept,
  type Emoji,
  type EmojiSet,
  itemCaptions,
  itemKeywords,
  loadEmoji,
  type Random,
  readSplits,
  readTrainingParaphrases,
} from "specialist/data";
import { sha256 } from "specialist/internal/runtime/mod.ts";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { captionTemplates, fillTemplate } from "specialist/specialist";

/** A drawing of a base set, of a concept that the base model may see. */
export type Drawing = {
  concept: string;
  set: string;
  /** [64, 64, 3], 0 to 255 */
  pixels: Uint8Array;
  /** What it shows, without style: "a red apple". */
  item: string;
  /** Words about it, which a caption may add or name alone: "fruit". */
  keywords: string[];
  /** The same in other words. */
  paraphrases: string[];
  styleWords: string;
  /** What its caption ends with: the name of a transformation, or nothing. */
  captionSuffix: string;
};

export type BaseData = {
  drawings: Drawing[];
  emoji: Emoji;
};

/**
 * The base sets' drawings, except those of the concepts kept unseen.
 *
 * @param concepts how many concepts' drawings; all by default
 */
export async function loadBaseData(concepts?: number): Promise<BaseData> {
  const emoji = await loadEmoji();
  const allowed = new Set(baseTrainingConcepts(await readSplits()).slice(0, concepts));
  const paraphrases = await readTrainingParaphrases();
  const drawings = emoji.sets.filter(({ role }) => role === "base")
    .flatMap((set) => drawingsOf(emoji, set, allowed, paraphrases));
  return { drawings, emoji };
}

/** A designer's drawings of some concepts. */
export function drawingsOf(
  emoji: Emoji,
  { name, styleWords }: Pick<EmojiSet, "name" | "styleWords">,
  concepts: ReadonlySet<string>,
  paraphrases: Readonly<Record<string, string[]>>,
): Drawing[] {
  const byId = new Map(emoji.concepts.map((concept): [string, Concept] => [concept.id, concept]));
  return emoji.images(name).ids.filter((id) => concepts.has(id)).map((id) => ({
    concept: id,
    set: name,
    pixels: new Uint8Array(emoji.image(name, id)!.data),
    item: itemCaptions(byId.get(id)!)[0],
    keywords: itemKeywords(byId.get(id)!),
    paraphrases: paraphrases[id] ?? [],
    styleWords,
    captionSuffix: "",
  }));
}

/** SHA-256 of drawings and all that may be said of them. */
export function hashOfDrawings(drawings: readonly Drawing[]): string {
  return sha256(drawings.flatMap(({ set, concept, item, keywords, paraphrases, pixels }) => [
    JSON.stringify([set, concept, item, keywords, paraphrases]),
    pixels,
  ]));
}

/**
 * What a drawing shows: half the time in the fewest words, else with a keyword, in other words, or by
 * keywords alone. A model that has only seen items cannot read any other words for them.
 */
export function drawItem({ item, keywords, paraphrases }: Drawing, random: Random): string {
  const at = random.next();
  if (at >= 0.8 && paraphrases.length > 0) return random.choice(paraphrases);
  if (at < 0.5 || keywords.length === 0) return item;
  if (at < 0.65) return `${item}, ${random.choice(keywords)}`;
  return random.shuffle(keywords).slice(0, 1 + random.integer(3)).join(", ");
}

/** What a drawing shows, and how. */
export function drawCaption(drawing: Drawing, random: Random): string {
  const words = { item: drawItem(drawing, random), style: drawing.styleWords };
  return fillTemplate(random.choice(captionTemplates), words) + drawing.captionSuffix;
}

/** Images and how each is recoloured, as inputs of a compiled step. */
export type PixelBatch = { pixels: Tensor; matrices: Tensor; offsets: Tensor };

export function pixelBatch(
  drawings: readonly Drawing[],
  recolourings: readonly (Recolouring | undefined)[],
  size: number,
): PixelBatch {
  const n = drawings.length;
  const pixels = new Float32Array(n * size * size * 3);
  drawings.forEach((drawing, i) => {
    const first = i * drawing.pixels.length;
    for (let j = 0; j < drawing.pixels.length; j++) pixels[first + j] = drawing.pixels[j] / 255;
  });
  const chosen = recolourings.map((recolouring) => recolouring ?? sameColours);
  return {
    pixels: tf.tensor(pixels, [n, size, size, 3]),
    matrices: tf.tensor(chosen.flatMap(({ matrix }) => matrix), [n, 3, 3]),
    offsets: tf.tensor(chosen.flatMap(({ offset }) => offset), [n, 1, 3]),
  };
}

/** The recoloured images: [n, h, w, 3] in [0, 1]. */
export function recoloured({ pixels, matrices, offsets }: PixelBatch): Tensor {
  const [n, h, w] = pixels.shape;
  const colours = tf.reshape(pixels, [n, h * w, 3]);
  const changed = tf.clipByValue(tf.add(tf.matMul(colours, matrices), offsets), 0, 1);
  return tf.reshape(changed, [n, h, w, 3]);
}

/** colour ← colour · matrix + offset, for colours in [0, 1]: matrix [3, 3] row-major, offset [3]. */
export type Recolouring = { matrix: number[]; offset: number[] };

const sameColours: Recolouring = {
  matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  offset: [0, 0, 0],
};

const luma = [0.299, 0.587, 0.114];

/**
 * Colours as another designer might have chosen them: exchanged, greyed, inverted or of another
 * brightness, so that a model does not take the base sets' palettes for all there are.
 */
export function drawRecolouring(random: Random): Recolouring {
  switch (random.integer(4)) {
    case 0: {
      const [r, g, b] = random.shuffle([0, 1, 2]);
      const matrix = Array(9).fill(0);
      [r, g, b].forEach((to, from) => matrix[3 * from + to] = 1);
      return { matrix, offset: [0, 0, 0] };
    }
    case 1:
      return { matrix: luma.flatMap((share) => [share, share, share]), offset: [0, 0, 0] };
    case 2:
      return { matrix: [-1, 0, 0, 0, -1, 0, 0, 0, -1], offset: [1, 1, 1] };
    default: {
      const contrast = 0.6 + 0.6 * random.next();
      const offset = (1 - contrast) * random.next();
      return {
        matrix: sameColours.matrix.map((value) => value * contrast),
        offset: [offset, offset, offset],
      };
    }
  }
}
