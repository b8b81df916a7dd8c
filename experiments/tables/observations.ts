/** The numbers that a score of a row is the middle of. */
import {
  conceptScoreInfo,
  type ConceptScoreName,
  driftInfo,
  type ScoreInfo,
  setScoreInfo,
  type SetScoreName,
} from "specialist/evaluation/mod.ts";
import type { Summary, SummaryRun } from "./summary.ts";

/** A score, with a name that heads a narrow column. */
type TableScore = ScoreInfo & { short: string };

/** Every score that a table may have, in its order. */
export const tableScores: Readonly<Record<TableScoreName, TableScore>> = {
  truth: { ...conceptScoreInfo.truth, short: "likeness" },
  content: { ...conceptScoreInfo.content, short: "CLIP score" },
  kid: { ...setScoreInfo.kid, short: "KID" },
  gram: { ...setScoreInfo.gram, short: "Gram" },
  cmmd: { ...setScoreInfo.cmmd, short: "CMMD" },
  fid: { ...setScoreInfo.fid, short: "Fréchet" },
  perceptual: { ...conceptScoreInfo.perceptual, short: "LPIPS-like" },
  diversity: { ...setScoreInfo.diversity, short: "diversity" },
  nearestShot: { ...conceptScoreInfo.nearestShot, short: "nearest shot" },
  drift: { ...driftInfo, short: "drift" },
};

export type TableScoreName = ConceptScoreName | SetScoreName | "drift";

export const tableScoreNames = Object.keys(tableScores) as TableScoreName[];

/** Those that findings are about, and figures where all would be too many. */
export const decisiveScores = ["truth", "kid", "content"] as const satisfies TableScoreName[];

/** What varies between repetitions of the experiment: a concept in a style, or a whole run. */
export type Observation = {
  style: string;
  /** What makes it the same thing in two rows. */
  key: string;
  value: number;
};

/**
 * Of a score that each picture has, a value for each concept of each style, its mean over seeds; of a
 * score of a whole set, a value for each run. None where a run does not have the score.
 *
 * @param runs of one row
 */
export function observations(
  summary: Summary,
  runs: readonly SummaryRun[],
  score: TableScoreName,
): Observation[] {
  return Map.groupBy(runs, ({ style }) => style).entries().toArray().flatMap(
    ([style, runs]) => {
      if (score in setScoreInfo) {
        return runs.flatMap(({ seed, set }) => {
          const value = set[score as SetScoreName];
          return value === undefined ? [] : [{ style, key: `${style} ${seed}`, value }];
        });
      }
      const concepts = score === "drift" ? summary.driftConcepts : summary.concepts;
      const values = runs.map((run) => valuesOf(run, score as ConceptScoreName | "drift"));
      if (!values.every((values) => values !== undefined)) return [];
      return concepts.map((concept, i) => ({
        style,
        key: `${style} ${concept}`,
        value: values.reduce((sum, values) => sum + values[i], 0) / values.length,
      }));
    },
  );
}

function valuesOf(run: SummaryRun, score: ConceptScoreName | "drift"): number[] | undefined {
  return score === "drift" ? run.drift : run.concepts[score];
}
