import {
  baseTrainingConcepts,
  type Concept,
  type Emoji,
  itemCaptions,
  loadEmoji,
  readSplits,
} from "specialist/datasets/mod.ts";
import type { Image } from "specialist/images/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import type { Random } from "specialist/random/mod.ts";
import {
  augmentationSchema,
  captionTemplates,
  fillTemplate,
  transformed,
  transformNames,
} from "specialist/specialist/mod.ts";
import { filters } from "./filters.ts";

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
  /** By the designers. */
  drawings: Drawing[];
  /** The same in other manners. */
  filtered: Drawing[];
  /** The same, transformed as the method's augmentation does, so that its words mean something. */
  transformed: Drawing[];
  emoji: Emoji;
};

/** The base sets' drawings, but those of the concepts kept unseen. */
export async function loadBaseData(): Promise<BaseData> {
  const emoji = await loadEmoji();
  const allowed = new Set(baseTrainingConcepts(await readSplits()));
  const byId = new Map(emoji.concepts.map((concept): [string, Concept] => [concept.id, concept]));
  const drawings = emoji.sets.filter(({ role }) => role === "base").flatMap((set) => {
    const { ids } = emoji.pictures(set.name);
    return ids.filter((id) => allowed.has(id)).map((id): Drawing => ({
      concept: id,
      set: set.name,
      pixels: new Uint8Array(emoji.picture(set.name, id)!.data),
      items: itemCaptions(byId.get(id)!),
      styleWords: set.styleWords,
      captionSuffix: "",
    }));
  });
  const augmentation = augmentationSchema.parse({});
  return {
    drawings,
    filtered: changedDrawings(
      "Filtering drawings",
      drawings,
      (drawing, image) =>
        filters.map(({ styleWords, apply }) => ({
          ...drawing,
          set: `${drawing.set} ${styleWords}`,
          styleWords,
          pixels: apply(image).data,
        })),
    ),
    transformed: changedDrawings(
      "Transforming drawings",
      drawings,
      (drawing, image) =>
        transformNames.map((name) => {
          const { image: { data: pixels }, captionSuffix } = transformed(image, name, augmentation);
          return { ...drawing, set: `${drawing.set} ${name}`, captionSuffix, pixels };
        }),
    ),
    emoji,
  };

  function changedDrawings(
    label: string,
    drawings: readonly Drawing[],
    change: (drawing: Drawing, image: Image) => Drawing[],
  ): Drawing[] {
    const progress = createProgress({ label, total: drawings.length, unit: "drawings" });
    const changed = drawings.flatMap((drawing, i) => {
      if (i % 100 === 0) progress.update(i);
      return change(drawing, { width: emoji.size, height: emoji.size, data: drawing.pixels });
    });
    progress.stop();
    return changed;
  }
}

/**
 * So many of the changed pictures of each drawing, every kind in its turn.
 *
 * @param changed of one drawing after the other, each in all kinds
 */
export function someOfEach(changed: readonly Drawing[], kinds: number, count: number): Drawing[] {
  return changed.filter((_, i) => {
    const drawing = Math.floor(i / kinds), kind = i % kinds;
    return (kind + drawing * count) % kinds < count;
  });
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
