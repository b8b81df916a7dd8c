/** The scores: what each is called, its unit, and which direction is better. */
import { mean } from "simple-statistics";
import { pairedKid } from "./distributions.ts";
import { jointEmbedding, type Judged, likeness, type Seen } from "./judge.ts";
import { nearestShotScores, type OwnScores, type SeenShots, styleScores } from "./shot_scores.ts";
import { clipScore } from "./similarity.ts";

// Each score's title, description and better direction.

export type ScoreInfo = {
  title: string;
  description: string;
  better: "higher" | "lower";
};

/** Scores that each image has of its own. */
export const conceptScoreInfo = {
  truth: {
    title: "likeness to the true drawing",
    description: "mean of the judge's cosines of content and of style between an image and the " +
      "designer's own drawing of the concept",
    better: "higher",
  },
  content: {
    title: "content",
    description: "100 × judge's cosine between what an image shows and the words for it",
    better: "higher",
  },
  style: {
    title: "style",
    description: "judge's cosine between how an image is drawn and the mean of the shots",
    better: "higher",
  },
  perceptual: {
    title: "distance to the true drawing (LPIPS-like)",
    description: "place by place, between the judge's features of an image and of the drawing",
    better: "lower",
  },
  nearestShot: {
    title: "likeness to the nearest shot",
    description:
      "judge's cosine; higher than the true drawings' own means that a model repeats its shots",
    better: "lower",
  },
} as const satisfies Record<string, ScoreInfo>;

/** Scores of a set of images, against the style's drawings of the same concepts. */
export const setScoreInfo = {
  kid: {
    title: "distance to the style (KID)",
    description: "kernel distance between the images and the style's drawings of the same concepts",
    better: "lower",
  },
  fid: {
    title: "Fréchet distance to the style",
    description: "as FID on the judge's embeddings; biased, for the sets are small",
    better: "lower",
  },
  cmmd: {
    title: "CMMD to the style",
    description: "1000 × squared Gaussian-kernel distance of the judge's embeddings",
    better: "lower",
  },
  gram: {
    title: "Gram distance to the style",
    description: "10⁶ × the squared difference of the judge's mean feature correlations",
    better: "lower",
  },
  diversity: {
    title: "diversity",
    description: "mean of 1 − judge's cosine over all pairs of images",
    better: "higher",
  },
} as const satisfies Record<string, ScoreInfo>;

/** Whether a model repeats its shots: `nearestShot`, and what is usual in the style. */
const memorisationInfo = {
  title: "memorisation",
  description: "by how much images are more like their nearest shots than the style's own images " +
    "are, which are the true drawings or else the shots among each other; 0 where they are not",
  better: "lower",
} as const satisfies ScoreInfo;

/** What learning the style did to everything else: of prompts without the style. */
export const driftInfo = {
  title: "drift",
  description: "1 − judge's cosine between the images of a prompt without style, before and after",
  better: "lower",
} as const satisfies ScoreInfo;

export type ConceptScoreName = keyof typeof conceptScoreInfo;
export type SetScoreName = keyof typeof setScoreInfo;

export const conceptScoreNames = Object.keys(conceptScoreInfo) as ConceptScoreName[];
export const setScoreNames = Object.keys(setScoreInfo) as SetScoreName[];

// The main scores of a report, each as a statistic of judged images.

/** What some scores need besides the images. */
export type ScoreContext = {
  /** The shots as the judge sees them. */
  shots?: SeenShots;
  /** Means of the scores of the style's own images. */
  own?: Partial<Record<keyof OwnScores, number>>;
};

/** A score of the images at these places, which may be given more than once. */
type PlacesScore = (places: readonly number[]) => number;

export type ScoreDefinition = ScoreInfo & {
  name: Exclude<ScoreName, "drift">;
  /** Undefined where what it needs is unknown: the true drawings, or the shots. */
  measure(judged: readonly Judged[], context: ScoreContext): PlacesScore | undefined;
};

/** Resamples for a score's interval. KID compares all with all, so that more would take minutes. */
export const scoreResamples = 200;

/** Fewer images than this say nothing of a style as a whole. */
export const minForSets = 8;

export const scoreNames = ["content", "truth", "kid", "style", "memorisation", "drift"] as const;
export type ScoreName = typeof scoreNames[number];

export const scoreDefinitions: readonly ScoreDefinition[] = [
  {
    name: "truth",
    ...conceptScoreInfo.truth,
    measure: (judged) =>
      haveTruth(judged)
        ? meanAt(judged.map(({ image, truth }) => likeness(image, truth!)))
        : undefined,
  },
  {
    name: "kid",
    ...setScoreInfo.kid,
    measure: (judged) =>
      judged.length >= minForSets && haveTruth(judged)
        ? (places) => kidToStyle(places.map((place) => judged[place]))
        : undefined,
  },
  {
    name: "content",
    ...conceptScoreInfo.content,
    measure: (judged) => (places) =>
      clipScore(
        places.map((place) => judged[place].image.content),
        places.map((place) => judged[place].item),
      ),
  },
  {
    name: "style",
    ...conceptScoreInfo.style,
    measure: (judged, { shots }) =>
      shots && meanAt(styleScores(judged.map(({ image }) => image), shots)),
  },
  {
    name: "memorisation",
    ...memorisationInfo,
    measure(judged, { shots, own }) {
      const usual = own?.nearestShot;
      if (!shots || usual === undefined) return undefined;
      const nearest = meanAt(nearestShotScores(judged.map(({ image }) => image), shots));
      return (places) => Math.max(0, nearest(places) - usual);
    },
  },
];

function haveTruth(judged: readonly Judged[]): boolean {
  return judged.every(({ truth }) => truth);
}

function meanAt(values: readonly number[]): PlacesScore {
  return (places) => mean(places.map((place) => values[place]));
}

/** KID between images and the true drawings of the same concepts, all of which are known. */
export function kidToStyle(judged: readonly Judged[]): number {
  return pairedKid(judged.map(({ image, truth }) => ({
    image: stretched(image),
    truth: stretched(truth!),
  })));
}

const stretchedRows = new WeakMap<Seen, Float32Array>();

/** To a length of √D, which KID's kernel expects: (a · b / D + 1)³ is then (cos + 1)³. */
function stretched(seen: Seen): Float32Array {
  let row = stretchedRows.get(seen);
  if (!row) {
    const embedding = jointEmbedding(seen);
    const length = Math.sqrt(embedding.length);
    stretchedRows.set(seen, row = embedding.map((value) => value * length));
  }
  return row;
}
