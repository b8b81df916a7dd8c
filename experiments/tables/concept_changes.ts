import { observations, type TableScoreName } from "./observations.ts";
import { runsOf } from "./statistics.ts";
import type { Summary } from "./summary.ts";

/** A score of one concept in one style, in two rows. */
export type ConceptChange = { style: string; concept: string; from: number; to: number };

/** What a score of each concept becomes from one row to another, the largest gain first. */
export function conceptChanges(
  summary: Summary,
  score: TableScoreName,
  [from, to]: [from: string, to: string],
): ConceptChange[] {
  const valuesOf = (label: string) => observations(summary, runsOf(summary, label), score);
  const before = new Map(valuesOf(from).map(({ key, value }) => [key, value]));
  return valuesOf(to)
    .flatMap(({ style, key, value }) => {
      const earlier = before.get(key);
      const concept = key.slice(style.length + 1);
      return earlier === undefined ? [] : [{ style, concept, from: earlier, to: value }];
    })
    .sort((a, b) => (b.to - b.from) - (a.to - a.from));
}
