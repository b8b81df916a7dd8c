import { createRandom } from "../random/mod.ts";
import { bootstrap, type Estimate } from "../statistics/mod.ts";
import type { Judged } from "./embed_pictures.ts";
import { type ScoreDefinition, scoreDefinitions, scoreResamples } from "./scores.ts";

/** A score of one model, with its 95 % interval over concepts. */
export type ScoreEstimate = Omit<ScoreDefinition, "measure"> & Estimate;

/** The scores that a report leads with, of those that can be measured. */
export function estimateScores(judged: readonly Judged[], seed: number | string): ScoreEstimate[] {
  return scoreDefinitions.flatMap(({ measure, ...definition }) => {
    if (measure(judged) === undefined) return [];
    const random = createRandom(seed).fork(definition.name);
    return [{
      ...definition,
      ...bootstrap(judged, (sample) => measure(sample)!, random, { resamples: scoreResamples }),
    }];
  });
}
