/**
 * Scoring models on held-out concepts.
 * @module
 */
export { type AllScores, allScores, type AllScoresInput, drawingScores } from "./all_scores.ts";
export { compareScores, type ScoreComparison } from "./compare.ts";
export { type Judged, judgePictures } from "./embed_pictures.ts";
export { estimateScores, type ScoreEstimate } from "./estimate.ts";
export { type ScoreDefinition, scoreDefinitions, type ScoreName, scoreNames } from "./scores.ts";
export {
  conceptScoreInfo,
  type ConceptScoreName,
  conceptScoreNames,
  driftInfo,
  type ScoreInfo,
  setScoreInfo,
  type SetScoreName,
  setScoreNames,
} from "./score_info.ts";
export { benchmarkSubjects, promptSubject, spread, type Subject } from "./subject.ts";
export { createCurves, type CurveOptions, readCurves, readSkippedSteps } from "./curves.ts";
export { type DrawOptions, drawSubjects } from "./draw_subjects.ts";
export {
  allScoresSchema,
  type Curves,
  curvesSchema,
  resultOf,
  type RunResult,
  runResultSchema,
} from "./run_result.ts";
export { chooseStrength, type StrengthOptions } from "./strength.ts";
