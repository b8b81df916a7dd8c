/** The designers' drawings, changed by image processing. */
import { median } from "simple-statistics";
import { createRandom, type Emoji, type Image, itemCaptions } from "specialist/data";
import { createProgress } from "specialist/internal/runtime/mod.ts";
import { createTokenizer, type Tokenizer, trainBpe } from "specialist/models";
import {
  captionTemplates,
  doubledCaption,
  fillTemplate,
  paperTransforms,
} from "specialist/specialist";
import type { Drawing } from "./base_data.ts";

/** A way to change any drawing. */
type Change = (drawing: Drawing) => Drawing;

/**
 * In other manners than the designers'.
 *
 * @param count manners of each drawing; all by default
 */
export function filteredDrawings(drawings: readonly Drawing[], count?: number): Drawing[] {
  const changes = filters.map(({ styleWords, apply }): Change => (drawing) => ({
    ...drawing,
    styleWords,
    pixels: apply(imageOf(drawing)).data,
  }));
  return changedInTurn("Filtering drawings", drawings, changes, count);
}

/**
 * Transformed as the method's augmentation does, so that its words mean something.
 *
 * @param count transformations of each drawing; all by default
 */
export function transformedDrawings(drawings: readonly Drawing[], count?: number): Drawing[] {
  const random = createRandom("transformed drawings");
  const changes = paperTransforms.map((transform): Change => (drawing) => ({
    ...drawing,
    captionSuffix: doubledCaption(transform, ""),
    pixels: transform.apply(imageOf(drawing), random).data,
  }));
  return changedInTurn("Transforming drawings", drawings, changes, count);
}

function changedInTurn(
  label: string,
  drawings: readonly Drawing[],
  changes: readonly Change[],
  count?: number,
): Drawing[] {
  const progress = createProgress({ label, total: drawings.length, unit: "drawings" });
  const changed = drawings.flatMap((drawing, i) => {
    const images = inTurn(changes, i, count).map((change) => change(drawing));
    progress.update(i + 1);
    return images;
  });
  progress.stop();
  return changed;
}

/** `count` of a list: the next ones at each turn, and from the start again after the last. */
function inTurn<T>(list: readonly T[], turn: number, count = list.length): T[] {
  return Array.from({ length: count }, (_, i) => list[(turn * count + i) % list.length]);
}

function imageOf({ pixels }: Drawing) {
  const size = Math.sqrt(pixels.length / 3);
  return { width: size, height: size, data: pixels };
}

// Drawings in other manners, by image processing: with four designers alone a model could not learn
// that any content can be drawn in any style. None imitates a style that is kept unseen.

/** What a manner is called in a caption, and how it is made. */
type Filter = { styleWords: string; apply(image: Image): Image };

export const filters: readonly Filter[] = [
  { styleWords: "pencil", apply: (image) => lines(image, 1, 255) },
  { styleWords: "marker", apply: (image) => lines(image, 2, 255) },
  { styleWords: "comic", apply: (image) => inked(image, 1) },
  { styleWords: "stencil", apply: (image) => stencil(image, 0.55) },
  { styleWords: "stamp", apply: (image) => inked(stencil(image, 0.8), 1) },
  { styleWords: "linocut", apply: linocut },
  { styleWords: "grey", apply: (image) => mapPixels(image, (r, g, b) => grey(luma(r, g, b))) },
  {
    styleWords: "negative",
    apply: (image) => mapPixels(image, (r, g, b) => [255 - r, 255 - g, 255 - b]),
  },
  {
    styleWords: "pastel",
    apply: (image) => mapPixels(image, (r, g, b) => [pale(r), pale(g), pale(b)]),
  },
];

const luma = (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b;
const grey = (level: number): [number, number, number] => [level, level, level];
const pale = (level: number) => 255 - 0.5 * (255 - level);

function mapPixels(
  { width, height, data }: Image,
  change: (r: number, g: number, b: number) => [number, number, number],
): Image {
  const changed = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = change(data[i], data[i + 1], data[i + 2]);
    changed[i] = Math.round(r);
    changed[i + 1] = Math.round(g);
    changed[i + 2] = Math.round(b);
  }
  return { width, height, data: changed };
}

/** Dark is black and light is white, with soft edges. */
function stencil(image: Image, threshold: number): Image {
  return mapPixels(
    image,
    (r, g, b) => grey(255 / (1 + Math.exp(-24 * (luma(r, g, b) / 255 - threshold)))),
  );
}

/**
 * Black below the median of the drawn colours, white above, grey at it; lines where colours change
 * are black on white and white on black.
 */
function linocut(image: Image): Image {
  const { data } = image;
  const levels = Array.from(
    { length: data.length / 3 },
    (_, i) => luma(data[3 * i], data[3 * i + 1], data[3 * i + 2]),
  );
  const drawn = levels.filter((level) => level < 250);
  const halves = stencil(image, drawn.length > 0 ? median(drawn) / 255 : 0.5);
  const ink = edges(image, 1);
  return {
    ...image,
    data: halves.data.map((level, i) => {
      const share = ink[Math.floor(i / 3)];
      return Math.round(level * (1 - share) + (255 - level) * share);
    }),
  };
}

/** Dark lines where colours change, on `ground`. */
function lines(image: Image, reach: number, ground: number): Image {
  const ink = edges(image, reach);
  const data = new Uint8Array(image.data.length);
  ink.forEach((share, i) => data.fill(Math.round(ground * (1 - share)), 3 * i, 3 * i + 3));
  return { ...image, data };
}

/** Dark lines over the image. */
function inked(image: Image, reach: number): Image {
  const ink = edges(image, reach);
  return {
    ...image,
    data: image.data.map((level, i) => Math.round(level * (1 - ink[Math.floor(i / 3)]))),
  };
}

/** How strongly colours change within `reach` of each pixel, from 0 to 1. */
function edges({ width, height, data }: Image, reach: number): Float32Array {
  const strength = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - reach), Math.min(height - 1, y + reach)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width - 1, x + reach)];
      let range = 0;
      for (let channel = 0; channel < 3; channel++) {
        let low = 255, high = 0;
        for (let v = top; v <= bottom; v++) {
          for (let u = left; u <= right; u++) {
            const level = data[3 * (v * width + u) + channel];
            if (level < low) low = level;
            if (level > high) high = level;
          }
        }
        range = Math.max(range, high - low);
      }
      strength[y * width + x] = Math.min(1, Math.max(0, 3 * (range / 255 - 0.1)));
    }
  }
  return strength;
}

/** Words that prompts may hold besides items: they become tokens of their own. */
const styleVocabulary = "flat outline black white colorful drawing doodle sketch cartoon photo " +
  "watercolor pixel line art simple bold minimal style with the transformation RandomInvert " +
  "RandomPosterize RandomSolarize RandomAdjustSharpness RandomAutocontrast RandomEqualize " +
  "RandomHorizontalFlip RandomVerticalFlip";

/** A tokenizer of the captions' words, items of all concepts included. */
export function createVocabulary(emoji: Emoji, size: number, maxLength: number): Tokenizer {
  const items = emoji.concepts.flatMap(itemCaptions);
  const styled = [...emoji.sets, ...filters].flatMap(({ styleWords }) =>
    captionTemplates.map((template) => fillTemplate(template, { item: "a", style: styleWords }))
  );
  // Often enough that no merge of them comes late.
  const frequent = Array.from({ length: 50 }, () => [...styled, styleVocabulary]).flat();
  return createTokenizer({ ...trainBpe([...items, ...frequent], size), maxLength });
}
