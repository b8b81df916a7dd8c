/** The difference between two models. */
import { createRandom } from "../data/mod.ts";
import type { Judged } from "./judge.ts";
import { type ScoreDefinition, scoreDefinitions, scoreResamples } from "./scores.ts";
import { bootstrap } from "./statistics.ts";

/** A score of two models on the same subjects and noise. */
export type ScoreComparison = Omit<ScoreDefinition, "measure"> & {
  before: number;
  after: number;
  /** Ends of the 95 % interval of `after - before`, over concepts. */
  interval: { low: number; high: number };
};

/** @param after the same subjects as `before`, in the same order */
export function compareScores(
  before: readonly Judged[],
  after: readonly Judged[],
  seed: number | string,
): ScoreComparison[] {
  const pairs = before.map((judged, i) => ({ before: judged, after: after[i] }));
  return scoreDefinitions.flatMap(({ measure, ...definition }) => {
    const [a, b] = [measure(before), measure(after)];
    if (a === undefined || b === undefined) return [];
    const { low, high } = bootstrap(
      pairs,
      (sample) =>
        measure(sample.map(({ after }) => after))! - measure(sample.map(({ before }) => before))!,
      createRandom(seed).fork(definition.name),
      { resamples: scoreResamples },
    );
    return [{ ...definition, before: a, after: b, interval: { low, high } }];
  });
}
