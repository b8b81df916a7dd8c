import {
  baseTrainingConcepts,
  type Concept,
  type Emoji,
  itemCaptions,
  loadEmoji,
  readSplits,
} from "specialist/datasets/mod.ts";
import type { Random } from "specialist/random/mod.ts";
import { captionTemplates, fillTemplate } from "specialist/specialist/mod.ts";

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
