/** Every score of one model's images: the numbers that tables are made from. */
import { mean } from "simple-statistics";
import type { Image } from "../data/mod.ts";
import { reconstruct } from "../diffusion/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { cmmd, frechetDistance } from "./distributions.ts";
import {
  type FeatureMap,
  gramMatrix,
  meanGramMatrix,
  perceptualDistance,
  styleDistance,
} from "./feature_maps.ts";
import { jointEmbedding, type Judge, type Judged, likeness } from "./judge.ts";
import { type ConceptScoreName, kidToStyle, minForSets, type SetScoreName } from "./scores.ts";
import { clipScores, cosine, diversity, meanDirection, nearestShots } from "./similarity.ts";

/** Makes Gram distances numbers of a few digits. */
const gramScale = 1e6;

/** Scores that need true drawings are missing where those are unknown. */
export type AllScores = {
  /** One value a concept, in the subjects' order. */
  concepts: Partial<Record<ConceptScoreName, number[]>>;
  set: Partial<Record<SetScoreName, number>>;
};

export type AllScoresInput = {
  judge: Judge;
  judged: readonly Judged[];
  /** What `judged` was made of, in its order. */
  images: readonly Image[];
  shots: readonly Image[];
};

/**
 * The Fréchet distance is of as few images as there are concepts. Below some thousands it is far too
 * high, by an amount that depends on their number: compare it only between sets of one size.
 */
export async function allScores(
  { judge, judged, images, shots }: AllScoresInput,
): Promise<AllScores> {
  const scores = await scoresWithoutTruth(judge, judged, shots);
  if (!judged.every(({ truth }) => truth)) return scores;

  const embeddings = judged.map(({ image }) => jointEmbedding(image));
  const truths = judged.map(({ truth }) => jointEmbedding(truth!));
  const features = await judge.features(images);
  const trueFeatures = await judge.features(judged.map(({ subject }) => subject.truth!));
  const weights = features[0].map(({ channels }) => new Float32Array(channels).fill(1));
  return {
    concepts: {
      ...scores.concepts,
      truth: judged.map(({ image, truth }) => likeness(image, truth!)),
      perceptual: features.map((maps, i) => perceptualDistance(maps, trueFeatures[i], weights)),
    },
    set: {
      ...scores.set,
      ...(judged.length >= minForSets && {
        kid: kidToStyle(judged),
        fid: frechetDistance(embeddings, truths),
        cmmd: cmmd(embeddings, truths),
      }),
      gram: gramScale * styleDistance(meanGrams(features), meanGrams(trueFeatures)),
    },
  };
}

/**
 * The scores of the true drawings themselves, which a model that draws like the designer would
 * reach; undefined where they are unknown.
 */
export async function drawingScores(
  { judge, judged, shots }: Omit<AllScoresInput, "images">,
): Promise<AllScores | undefined> {
  const drawings = judged.flatMap(({ truth, ...rest }) => truth ? [{ ...rest, image: truth }] : []);
  if (drawings.length < judged.length) return undefined;
  return await scoresWithoutTruth(judge, drawings, shots);
}

/**
 * The mean likeness of the true drawings as the autoencoder gives them back: the most that a model with this
 * autoencoder can reach; undefined where no drawing is known.
 */
export async function likenessCeiling(
  model: Backbone,
  judge: Judge,
  judged: readonly Judged[],
): Promise<number | undefined> {
  const known = judged.filter(({ truth }) => truth);
  if (known.length === 0) return undefined;
  const images = reconstruct(model, known.map(({ subject }) => subject.truth!));
  const seen = await judge.images(images);
  return mean(seen.map((image, i) => likeness(image, known[i].truth!)));
}

async function scoresWithoutTruth(
  judge: Judge,
  judged: readonly Judged[],
  shots: readonly Image[],
): Promise<AllScores> {
  const embeddings = judged.map(({ image }) => jointEmbedding(image));
  const seenShots = await judge.images(shots);
  const style = meanDirection(seenShots.map(({ style }) => style));
  const nearest = nearestShots(embeddings, seenShots.map(jointEmbedding));
  return {
    concepts: {
      content: clipScores(judged.map(({ image }) => image.content), judged.map(({ item }) => item)),
      style: judged.map(({ image }) => cosine(image.style, style)),
      nearestShot: nearest.map(({ cosine }) => cosine),
    },
    set: { diversity: diversity(embeddings) },
  };
}

/** One matrix a layer. */
function meanGrams(features: readonly (readonly FeatureMap[])[]) {
  return features[0].map((_, layer) =>
    meanGramMatrix(features.map((maps) => gramMatrix(maps[layer])))
  );
}
