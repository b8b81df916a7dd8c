import {
  estimateScores,
  judgePictures,
  type ScoreEstimate,
  type Subject,
} from "../evaluation/mod.ts";
import type { Clip } from "../models/clip/mod.ts";
import type { Image } from "../images/mod.ts";
import { showTable } from "./show.ts";

/** Scores of several models' pictures, by the models' names. */
export type ScoresByName = Record<string, ScoreEstimate[]>;

/** @param pictures of the lab's subjects, in their order */
export async function scoreEach(
  { judge, subjects }: { judge: Clip; subjects: readonly Subject[] },
  pictures: Record<string, readonly Image[]>,
): Promise<ScoresByName> {
  const scores: ScoresByName = {};
  for (const [name, images] of Object.entries(pictures)) {
    scores[name] = estimateScores(await judgePictures(judge, subjects, images), 0);
  }
  return scores;
}

/** A row for each model, with 95 % intervals over concepts. */
export async function showScores(scores: ScoresByName): Promise<void> {
  const [first] = Object.values(scores);
  await showTable(Object.entries(scores), [
    { title: "", value: ([name]) => name },
    ...first.map(({ title, better }, i) => ({
      title: `${title}, ${better} is better`,
      value([, found]: [string, ScoreEstimate[]]) {
        const { value, low, high } = found[i];
        return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
      },
      align: "right" as const,
    })),
  ]);
}
