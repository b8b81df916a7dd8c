/** The scores that the study's contrasts are of, as values of a run. */
import {
  conceptScoreInfo,
  driftInfo,
  equivalenceMargins,
  setScoreInfo,
} from "specialist/evaluation";
import type { SummaryRun } from "../tables/mod.ts";

export type StudyScore = {
  /** With the kind of prompts, where these are not canonical. */
  name: string;
  better: "higher" | "lower";
  /** Differences within ± this do not matter. Without one, nothing is called equivalent. */
  margin?: number;
  /** One value per concept, or a single value of the run. Undefined where the run has none. */
  values(run: SummaryRun): readonly number[] | undefined;
  /** Whether a run has a single value: its intervals are over blocks alone. */
  perBlock?: true;
};

export const likeness: StudyScore = {
  name: "likeness",
  better: conceptScoreInfo.truth.better,
  margin: equivalenceMargins.truth,
  values: ({ concepts }) => concepts.truth,
};

/** That of the designer's own drawings is the same in all rows, and cancels in a contrast. */
export const content: StudyScore = {
  name: "content",
  better: conceptScoreInfo.content.better,
  margin: equivalenceMargins.content,
  values: ({ concepts }) => concepts.content,
};

export const primaryScores: readonly StudyScore[] = [likeness, content];

/** Held-out less shots' fixed-noise loss after the last step. */
export const overfittingGap: StudyScore = {
  name: "overfitting gap (over blocks)",
  better: "lower",
  perBlock: true,
  values({ curves }) {
    const [heldOut, shots] = [curves?.heldOut?.at(-1), curves?.shots?.at(-1)];
    return heldOut && shots && heldOut.step === shots.step
      ? [heldOut.value - shots.value]
      : undefined;
  },
};

export const contentOnParaphrases = inKind("content", "paraphrase");

function inKind(score: "truth" | "content" | "style", kind: "template" | "paraphrase"): StudyScore {
  const names = { truth: "likeness", content: "content", style: "style" };
  return {
    name: `${names[score]}, ${kind}s`,
    better: conceptScoreInfo[score].better,
    ...score !== "style" && { margin: equivalenceMargins[score] },
    values: ({ kinds }) => kinds?.[kind]?.scores[score],
  };
}

/** In the order of the table. */
export const exploratoryScores: readonly StudyScore[] = [
  {
    name: "style",
    better: conceptScoreInfo.style.better,
    values: ({ concepts }) => concepts.style,
  },
  inKind("truth", "template"),
  inKind("content", "template"),
  inKind("style", "template"),
  inKind("truth", "paraphrase"),
  contentOnParaphrases,
  inKind("style", "paraphrase"),
  overfittingGap,
  {
    name: "likeness to the nearest shot",
    better: conceptScoreInfo.nearestShot.better,
    values: ({ concepts }) => concepts.nearestShot,
  },
  { name: "drift", better: driftInfo.better, values: ({ drift }) => drift },
  {
    name: "KID (over blocks)",
    better: setScoreInfo.kid.better,
    perBlock: true,
    values: ({ set }) => set.kid === undefined ? undefined : [set.kid],
  },
];
