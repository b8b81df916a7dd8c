/** What models are asked to draw, to be scored. */
import { type Emoji, itemCaptions, type Splits } from "../datasets/mod.ts";
import type { Image } from "../images/mod.ts";

/** What a model is asked to draw, and, where it is known, what it should look like. */
export type Subject = {
  /** The concept's name. */
  id: string;
  /** What to draw, without style: "a red apple". */
  item: string;
  /** The designer's own drawing in the style. */
  truth?: Image;
};

/** A split's concepts with a set's drawings of them. */
export function benchmarkSubjects(
  emoji: Emoji,
  splits: Splits,
  { split, set }: { split: "validation" | "test" | "unseen"; set: string },
): Subject[] {
  const ids = new Set(splits[split]);
  return emoji.concepts.filter(({ id }) => ids.has(id)).map((concept) => ({
    id: concept.id,
    item: itemCaptions(concept)[0],
    truth: emoji.picture(set, concept.id),
  }));
}

/**
 * A prompt of one's own as a subject. Its id is numbered, since the names of two prompts may be the same,
 * and short, being a file's name.
 */
export function promptSubject(item: string, i: number): Subject {
  const name = item.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
  return { id: `${i + 1}-${name}`, item };
}

/** `count` of a list, from all over it. */
export function spread<T>(list: readonly T[], count = list.length): T[] {
  const taken = Math.min(count, list.length);
  return Array.from({ length: taken }, (_, i) => list[Math.floor(i * list.length / taken)]);
}
