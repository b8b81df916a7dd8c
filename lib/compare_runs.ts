/** How two runs differ: in what decides their results, and in their scores. */
import { mean } from "simple-statistics";
import { createRandom } from "./data/mod.ts";
import {
  conceptScoreInfo,
  type ConceptScoreName,
  conceptScoreNames,
  type Estimate,
  pairedDifference,
  type RunResult,
  setScoreInfo,
  type SetScoreName,
  setScoreNames,
} from "./evaluation/mod.ts";
import { changedFields, type RunRecord } from "./internal/runtime/mod.ts";
import { type FoundRun, resultsOf } from "./runs.ts";

export type RunDifference = {
  /** Everything that decides a run's result and is not the same; undefined where one run lacks it. */
  settings: { field: string; a: unknown; b: unknown }[];
  /** Of the adapted models. */
  scores: ComparedScore[];
};

export type ComparedScore = {
  name: ConceptScoreName | SetScoreName;
  title: string;
  better: "higher" | "lower";
  a: number;
  b: number;
  /** Mean of b − a over the concepts that both have drawn, with its interval for other concepts. */
  difference?: Estimate;
  /** How many concepts these are. */
  concepts?: number;
};

/**
 * How two runs differ: in what decides their results, and in their scores on the concepts of both.
 *
 * ```ts
 * const { settings, scores } = compareRuns(await findRun("lora"), await findRun("specialist"));
 * ```
 */
export function compareRuns(a: FoundRun, b: FoundRun): RunDifference {
  const decidingOf = ({ kind, config, seed, versions, datasets }: RunRecord) => ({
    ...{ kind, ...config, seed, versions, datasets },
  });
  const [before, after] = [decidingOf(a.record), decidingOf(b.record)];
  return {
    settings: changedFields({ run: before }, { run: after }).map(({ field, found, wanted }) => ({
      field: field.replace(/^run\./, ""),
      a: found,
      b: wanted,
    })),
    scores: comparedScores(resultsOf(a.record), resultsOf(b.record)),
  };
}

function comparedScores(a?: RunResult, b?: RunResult): ComparedScore[] {
  if (!a || !b) return [];
  const shared = a.concepts.flatMap((concept, i) => {
    const j = b.concepts.indexOf(concept);
    return j < 0 ? [] : [[i, j]];
  });
  const ofConcepts = conceptScoreNames.flatMap((name): ComparedScore[] => {
    const [x, y] = [a.after.concepts[name], b.after.concepts[name]];
    if (!x || !y) return [];
    const { title, better } = conceptScoreInfo[name];
    if (shared.length < 2) return [{ name, title, better, a: mean(x), b: mean(y) }];
    const [own, other] = [shared.map(([i]) => x[i]), shared.map(([, j]) => y[j])];
    const { value, low, high } = pairedDifference(own, other, createRandom(name));
    return [{
      ...{ name, title, better, a: mean(own), b: mean(other) },
      ...{ difference: { value, low, high }, concepts: shared.length },
    }];
  });
  // A distance of sets depends on which concepts are in them.
  const isSame = shared.length === a.concepts.length && shared.length === b.concepts.length;
  const ofSets = setScoreNames.flatMap((name): ComparedScore[] => {
    const [x, y] = [a.after.set[name], b.after.set[name]];
    if (!isSame || x === undefined || y === undefined) return [];
    const { title, better } = setScoreInfo[name];
    return [{ name, title, better, a: x, b: y }];
  });
  return [...ofConcepts, ...ofSets];
}
