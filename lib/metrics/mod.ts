/**
 * Scores of generated pictures, from embeddings and feature maps: content, style, distance between
 * sets, diversity, memorisation, drift.
 * @module
 */
export { clipScore, clipScores } from "./clip_score.ts";
export { cmmd, rawCmmd } from "./cmmd.ts";
export { diversity, meanPairwise } from "./diversity.ts";
export { drift } from "./drift.ts";
export {
  cosine,
  cosineDistance,
  type Embedding,
  type Embeddings,
  pairedCosines,
} from "./embedding.ts";
export type { FeatureMap } from "./feature_map.ts";
export { fitGaussian, frechetDistance, type Gaussian } from "./frechet.ts";
export {
  gramDistance,
  type GramMatrix,
  gramMatrix,
  meanGramMatrix,
  styleDistance,
} from "./gram.ts";
export { kid, pairedKid, type PicturePair } from "./kid.ts";
export { memorisation, type NearestShot, nearestShots } from "./memorisation.ts";
export { perceptualDistance } from "./perceptual_distance.ts";
