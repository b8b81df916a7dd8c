/** The difference between two models. */
import { mean } from "simple-statistics";
import { createRandom } from "../data/mod.ts";
import type { Judged } from "./judge.ts";
import {
  driftInfo,
  type ScoreContext,
  scoreDefinitions,
  type ScoreInfo,
  type ScoreName,
  scoreResamples,
} from "./scores.ts";
import { bootstrap } from "./statistics.ts";

/** A score of two models on the same subjects and noise. */
export type ScoreComparison = ScoreInfo & {
  name: ScoreName;
  before: number;
  after: number;
  /** Ends of the 95 % interval of `after - before`, over concepts. */
  interval: { low: number; high: number };
  /**
   * What the style's own images score: the true drawings where they are known, else each shot against
   * the others.
   */
  own?: number;
};

type ComparisonOptions = ScoreContext & {
  /** How far each image of a prompt without the style has moved. */
  drift?: readonly number[];
};

/**
 * The main scores of two models, as far as what each score needs is known.
 *
 * @param after the same subjects as `before`, in the same order
 */
export function compareScores(
  before: readonly Judged[],
  after: readonly Judged[],
  seed: number | string,
  { drift, ...context }: ComparisonOptions = {},
): ScoreComparison[] {
  const places = before.map((_, place) => place);
  const streamOf = (name: ScoreName) => createRandom(seed).fork(name);
  const options = { resamples: scoreResamples };
  const compared = scoreDefinitions.flatMap(({ measure, ...info }): ScoreComparison[] => {
    const [a, b] = [measure(before, context), measure(after, context)];
    if (!a || !b) return [];
    const { low, high } = bootstrap(
      places,
      (drawn) => b(drawn) - a(drawn),
      streamOf(info.name),
      options,
    );
    const own = info.name === "content" || info.name === "style"
      ? context.own?.[info.name]
      : undefined;
    return [{
      ...info,
      before: a(places),
      after: b(places),
      interval: { low, high },
      ...(own !== undefined && { own }),
    }];
  });
  if (!drift) return compared;
  const { value, low, high } = bootstrap(drift, mean, streamOf("drift"), options);
  // The base model has not moved from itself.
  return [...compared, {
    name: "drift",
    ...driftInfo,
    ...{ before: 0, after: value, interval: { low, high } },
  }];
}
