/** The drawings that the base model learns from, and batches of them. */
import {
  baseTrainingConcepts,
  type Concept,
  type Emoji,
  itemCaptions,
  loadEmoji,
  type Random,
  readSplits,
} from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { captionTemplates, fillTemplate } from "specialist/specialist";

/** A drawing of a base set, of a concept that the base model may see. */
export type Drawing = {
  concept: string;
  set: string;
  /** [64, 64, 3], 0 to 255 */
  pixels: Uint8Array;
  /** What it shows, without style; the plain item first. */
  items: string[];
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
  const byId = new Map(emoji.concepts.map((concept): [string, Concept] => [concept.id, concept]));
  const drawings = emoji.sets.filter(({ role }) => role === "base").flatMap((set) => {
    const { ids } = emoji.images(set.name);
    return ids.filter((id) => allowed.has(id)).map((id): Drawing => ({
      concept: id,
      set: set.name,
      pixels: new Uint8Array(emoji.image(set.name, id)!.data),
      items: itemCaptions(byId.get(id)!),
      styleWords: set.styleWords,
      captionSuffix: "",
    }));
  });
  return { drawings, emoji };
}

/** What a drawing shows: half the time in the fewest words. */
export function drawItem({ items }: Drawing, random: Random): string {
  return random.next() < 0.5 ? items[0] : random.choice(items);
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
