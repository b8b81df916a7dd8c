/** Every score of one model's images: the numbers that tables are made from. */
import { mean } from "simple-statistics";
import type { Image, Shot } from "../data/mod.ts";
import { reconstruct, type SampleCache } from "../diffusion/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { cmmd, frechetDistance } from "./distributions.ts";
import {
  type FeatureMap,
  gramMatrix,
  meanGramMatrix,
  perceptualDistance,
  styleDistance,
} from "./feature_maps.ts";
import { compareScores, type ScoreComparison } from "./compare.ts";
import { jointEmbedding, type Judge, type Judged, judgeSubjects, likeness } from "./judge.ts";
import { type ConceptScoreName, kidToStyle, minForSets, type SetScoreName } from "./scores.ts";
import {
  leaveOneOutScores,
  nearestShotScores,
  ownMeans,
  type OwnScores,
  type SeenShots,
  seenShots,
  styleScores,
} from "./shot_scores.ts";
import { clipScores, diversity, drift } from "./similarity.ts";
import { type DrawOptions, drawSubjects, type Subject } from "./subjects.ts";

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
export async function allScores({ shots, ...input }: AllScoresInput): Promise<AllScores> {
  return await scoresAgainst(seenShots(await input.judge.images(shots)), input);
}

async function scoresAgainst(
  seen: SeenShots,
  { judge, judged, images }: Omit<AllScoresInput, "shots">,
): Promise<AllScores> {
  const scores = scoresWithoutTruth(seen, judged);
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
  return drawingScoresAgainst(seenShots(await judge.images(shots)), judged);
}

function drawingScoresAgainst(
  seen: SeenShots,
  judged: readonly Judged[],
): AllScores | undefined {
  const drawings = judged.flatMap(({ truth, ...rest }) => truth ? [{ ...rest, image: truth }] : []);
  return drawings.length < judged.length ? undefined : scoresWithoutTruth(seen, drawings);
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

function scoresWithoutTruth(seen: SeenShots, judged: readonly Judged[]): AllScores {
  const images = judged.map(({ image }) => image);
  return {
    concepts: {
      content: clipScores(images.map(({ content }) => content), judged.map(({ item }) => item)),
      style: styleScores(images, seen),
      nearestShot: nearestShotScores(images, seen),
    },
    set: { diversity: diversity(images.map(jointEmbedding)) },
  };
}

/** One matrix a layer. */
function meanGrams(features: readonly (readonly FeatureMap[])[]) {
  return features[0].map((_, layer) =>
    meanGramMatrix(features.map((maps) => gramMatrix(maps[layer])))
  );
}

type DriftInput = Omit<DrawOptions, "styleWords" | "label" | "cache"> & {
  base: Backbone;
  adapted: Backbone;
  subjects: readonly Subject[];
  /** Where the images of each model are cached. */
  caches?: { base?: SampleCache; adapted?: SampleCache };
};

/** Draws prompts without the style with both models, from the same noise: how far each image moves. [N] */
export async function drawDrift(
  judge: Judge,
  { base, adapted, subjects, caches = {}, ...drawing }: DriftInput,
): Promise<number[]> {
  const embedded = async (model: Backbone, cache?: SampleCache) => {
    const seen = await judge.images(await drawSubjects(model, subjects, { ...drawing, cache }));
    return seen.map(jointEmbedding);
  };
  const before = await embedded(base, caches.base);
  return drift(await embedded(adapted, caches.adapted), before);
}

export type AdaptationInput = {
  judge: Judge;
  /** The base model, whose autoencoder decides what can be reached. */
  model: Backbone;
  shots: readonly Shot[];
  subjects: readonly Subject[];
  /** An image of each subject by the base model. */
  before: readonly Image[];
  /** The same by the adapted model, from the same noise. */
  after: readonly Image[];
  /** How far each image of a prompt without the style has moved. */
  drift: readonly number[];
  seed: number;
};

/** What a model has learned, and what it has lost. */
export type AdaptationScores = {
  /** The main scores, with intervals. */
  scores: ScoreComparison[];
  before: AllScores;
  after: AllScores;
  /** Of the true drawings; undefined where one is unknown. */
  drawings?: AllScores;
  /** Of the shots, each against the others; undefined where there is just one. */
  shots?: OwnScores;
  /** The most likeness that the autoencoder allows; undefined where no drawing is known. */
  ceiling?: number;
};

/**
 * Every score of an adapted model, against those of the base model on the same subjects and noise. Without
 * true drawings, the shots say what an image in the style scores.
 */
export async function scoreAdaptation(
  { judge, model, shots, subjects, before, after, drift, seed }: AdaptationInput,
): Promise<AdaptationScores> {
  const [a, b] = [
    await judgeSubjects(judge, subjects, before),
    await judgeSubjects(judge, subjects, after),
  ];
  const seen = seenShots(await judge.images(shots.map(({ image }) => image)));
  const drawings = drawingScoresAgainst(seen, a);
  const leftOut = await leaveOneOutScores(judge, shots);
  const ceiling = await likenessCeiling(model, judge, a);
  return {
    scores: compareScores(a, b, seed, {
      shots: seen,
      own: ownMeans(drawings?.concepts ?? leftOut),
      drift,
    }),
    before: await scoresAgainst(seen, { judge, judged: a, images: before }),
    after: await scoresAgainst(seen, { judge, judged: b, images: after }),
    ...(drawings && { drawings }),
    ...(leftOut && { shots: leftOut }),
    ...(ceiling !== undefined && { ceiling }),
  };
}
