/**
 * Metrics, the judges that compute them, and statistics.
 * @module
 */
export {
  type AdaptationInput,
  type AdaptationScores,
  type AllScores,
  allScores,
  type AllScoresInput,
  drawDrift,
  drawingScores,
  likenessCeiling,
  scoreAdaptation,
} from "./all_scores.ts";
export { compareScores, type ScoreComparison } from "./compare.ts";
export {
  type Contrast,
  type ContrastBlock,
  type ContrastEstimate,
  type ContrastSpread,
  detectableEffect,
  equivalenceMargins,
  equivalenceTest,
  estimateContrast,
  estimateOverBlocks,
  judgeContrasts,
  type JudgedContrast,
  minBlockFreedom,
  type Uncertainty,
  type Verdict,
} from "./contrasts.ts";
export { createCurves, type CurveOptions, readCurves, readSkippedSteps } from "./curves.ts";
export {
  cmmd,
  fitGaussian,
  frechetDistance,
  type Gaussian,
  type ImagePair,
  kid,
  pairedKid,
  rawCmmd,
} from "./distributions.ts";
export { type FactorialCell, factorialEffects } from "./factorial.ts";
export {
  type FeatureMap,
  gramDistance,
  type GramMatrix,
  gramMatrix,
  meanGramMatrix,
  perceptualDistance,
  styleDistance,
} from "./feature_maps.ts";
export {
  clipJudge,
  jointEmbedding,
  type Judge,
  type Judged,
  judgeSubjects,
  likeness,
  loadJudge,
  type Seen,
  twoJudges,
} from "./judge.ts";
export { type PrincipalComponents, principalComponents } from "./principal_components.ts";
export {
  allScoresSchema,
  type Curves,
  curvesSchema,
  resultOf,
  type RunResult,
  runResultSchema,
} from "./run_result.ts";
export {
  conceptScoreInfo,
  type ConceptScoreName,
  conceptScoreNames,
  driftInfo,
  type ScoreContext,
  type ScoreDefinition,
  scoreDefinitions,
  type ScoreInfo,
  type ScoreName,
  scoreNames,
  setScoreInfo,
  type SetScoreName,
  setScoreNames,
} from "./scores.ts";
export {
  leaveOneOutScores,
  nearestShotScores,
  ownMeans,
  type OwnScores,
  type SeenShots,
  seenShots,
  styleScores,
} from "./shot_scores.ts";
export {
  clipScore,
  clipScores,
  cosine,
  cosineDistance,
  diversity,
  drift,
  type Embedding,
  type Embeddings,
  meanDirection,
  meanPairwise,
  type NearestShot,
  nearestShots,
  pairedCosines,
} from "./similarity.ts";
export {
  bootstrap,
  type BootstrapOptions,
  type Estimate,
  holm,
  interquartileMean,
  type Interval,
  type PairedDifference,
  pairedDifference,
  pairedEffectSize,
  percentileInterval,
  type Point,
  resampled,
  signFlipTest,
  type Statistic,
  trend,
} from "./statistics.ts";
export { chooseStrength, type StrengthOptions } from "./strength.ts";
export {
  benchmarkSubjects,
  type DrawOptions,
  drawSubjects,
  type PromptKind,
  promptKinds,
  promptOf,
  promptSubject,
  rephrased,
  spread,
  type Subject,
} from "./subjects.ts";
