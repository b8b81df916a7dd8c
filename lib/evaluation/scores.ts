/** The scores that a report leads with, each as a statistic of judged pictures. */
import { clipScore, cosine } from "../metrics/mod.ts";
import type { Judged } from "./embed_pictures.ts";
import { kidToStyle } from "./kid_to_style.ts";
import { conceptScoreInfo, type ScoreInfo, setScoreInfo } from "./score_info.ts";

export type ScoreDefinition = ScoreInfo & {
  name: ScoreName;
  /** Undefined where the true drawings are needed and nobody knows them. */
  measure(judged: readonly Judged[]): number | undefined;
};

/** For a score's interval. KID compares all with all, so that many would take minutes. */
export const scoreResamples = 200;

/** Fewer pictures than this say nothing of a style as a whole. */
export const fewestForSets = 8;

export const scoreNames = ["content", "truth", "kid"] as const;
export type ScoreName = typeof scoreNames[number];

export const scoreDefinitions: readonly ScoreDefinition[] = [
  {
    name: "truth",
    ...conceptScoreInfo.truth,
    measure: withTruth((judged) =>
      judged.reduce((sum, { picture, truth }) => sum + cosine(picture, truth!), 0) / judged.length
    ),
  },
  {
    name: "kid",
    ...setScoreInfo.kid,
    measure: (judged) => judged.length < fewestForSets ? undefined : withTruth(kidToStyle)(judged),
  },
  {
    name: "content",
    ...conceptScoreInfo.content,
    measure: (judged) =>
      clipScore(judged.map(({ picture }) => picture), judged.map(({ item }) => item)),
  },
];

function withTruth(
  measure: (judged: readonly Judged[]) => number,
): ScoreDefinition["measure"] {
  return (judged) => judged.every(({ truth }) => truth) ? measure(judged) : undefined;
}
