/** Every score of one model's images: the numbers that tables are made from. */
import type { Image } from "../data/mod.ts";
import { type Clip, embedImages, patchFeatures } from "../models/mod.ts";
import { cmmd, frechetDistance } from "./distributions.ts";
import {
  type FeatureMap,
  gramMatrix,
  meanGramMatrix,
  perceptualDistance,
  styleDistance,
} from "./feature_maps.ts";
import type { Judged } from "./judge.ts";
import { type ConceptScoreName, kidToStyle, minForSets, type SetScoreName } from "./scores.ts";
import {
  clipScores,
  diversity,
  type Embeddings,
  nearestShots,
  pairedCosines,
} from "./similarity.ts";

/** Makes Gram distances numbers of a few digits. */
const gramScale = 1e6;

/** Scores that need true drawings are missing where those are unknown. */
export type AllScores = {
  /** One value a concept, in the subjects' order. */
  concepts: Partial<Record<ConceptScoreName, number[]>>;
  set: Partial<Record<SetScoreName, number>>;
};

export type AllScoresInput = {
  judge: Clip;
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

  const embeddings = judged.map(({ image }) => image);
  const truths = judged.map(({ truth }) => truth!) satisfies Embeddings;
  const features = await featureMaps(judge, images);
  const trueFeatures = await featureMaps(judge, judged.map(({ subject }) => subject.truth!));
  const weights = features[0].map(({ channels }) => new Float32Array(channels).fill(1));
  return {
    concepts: {
      ...scores.concepts,
      truth: pairedCosines(embeddings, truths),
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

async function scoresWithoutTruth(
  judge: Clip,
  judged: readonly Judged[],
  shots: readonly Image[],
): Promise<AllScores> {
  const embeddings = judged.map(({ image }) => image);
  const nearest = nearestShots(embeddings, await embedImages(judge, shots));
  return {
    concepts: {
      content: clipScores(embeddings, judged.map(({ item }) => item)),
      nearestShot: nearest.map(({ cosine }) => cosine),
    },
    set: { diversity: diversity(embeddings) },
  };
}

/** [images][layers] */
async function featureMaps(judge: Clip, images: readonly Image[]): Promise<FeatureMap[][]> {
  const channels = judge.config.vision_config.hidden_size;
  const maps = await patchFeatures(judge, images);
  return maps.map((layers) => layers.map((data) => ({ channels, data })));
}

/** One matrix a layer. */
function meanGrams(features: readonly (readonly FeatureMap[])[]) {
  return features[0].map((_, layer) =>
    meanGramMatrix(features.map((maps) => gramMatrix(maps[layer])))
  );
}
