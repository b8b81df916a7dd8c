/** Scores from embeddings: CLIP score, likeness, diversity, memorisation, drift. */
import { mean } from "simple-statistics";

// Embeddings of images or texts, and how alike two of them are.

/** A vector of D numbers, of any length. */
export type Embedding = ArrayLike<number>;

/** Embeddings of one width. [N][D] */
export type Embeddings = readonly Embedding[];

/** @throws RangeError if their widths differ */
export function dot(a: Embedding, b: Embedding): number {
  if (a.length !== b.length) {
    throw new RangeError(`embeddings of width ${a.length} and ${b.length} cannot be compared`);
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** In [-1, 1], whatever the lengths of `a` and `b`. */
export function cosine(a: Embedding, b: Embedding): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

export function cosineDistance(a: Embedding, b: Embedding): number {
  return 1 - cosine(a, b);
}

export function toUnitLength(embedding: Embedding): Float64Array {
  const length = Math.sqrt(dot(embedding, embedding));
  return Float64Array.from(embedding, (x) => x / length);
}

/** The mean of embeddings, brought to length 1. [D] @throws RangeError if there are none */
export function meanDirection(embeddings: Embeddings): Float64Array {
  if (embeddings.length === 0) throw new RangeError("there is no embedding to average");
  const sum = new Float64Array(embeddings[0].length);
  for (const embedding of embeddings) sum.forEach((value, i) => sum[i] = value + embedding[i]);
  return toUnitLength(sum);
}

/**
 * The cosine of each row of `a` with the same row of `b`. [N]
 *
 * @throws RangeError if there are no rows, or not as many of both
 */
export function pairedCosines(a: Embeddings, b: Embeddings): number[] {
  if (a.length === 0 || a.length !== b.length) {
    throw new RangeError(`${a.length} and ${b.length} embeddings make no pairs`);
  }
  return a.map((embedding, i) => cosine(embedding, b[i]));
}

// CLIP score: how well images show what their prompts say (Hessel et al., "CLIPScore").

/** Of each image with its own prompt: `max(100·cos, 0)`. [N] */
export function clipScores(images: Embeddings, texts: Embeddings): number[] {
  return pairedCosines(images, texts).map((cosine) => Math.max(100 * cosine, 0));
}

/** Of the whole set: the mean is taken before it is cut off at zero. */
export function clipScore(images: Embeddings, texts: Embeddings): number {
  return Math.max(100 * mean(pairedCosines(images, texts)), 0);
}

// How different the images of one prompt, or of a whole set, are from each other.

/** The mean of `1 - cos` over all pairs: 0 if all images are alike. */
export function diversity(embeddings: Embeddings): number {
  return meanPairwise(embeddings, cosineDistance);
}

/**
 * The mean of a distance over all pairs i < j.
 *
 * @throws RangeError if there is no pair
 */
export function meanPairwise<T>(items: readonly T[], distance: (a: T, b: T) => number): number {
  if (items.length < 2) throw new RangeError(`${items.length} items make no pair`);
  let sum = 0;
  for (let j = 1; j < items.length; j++) {
    for (let i = 0; i < j; i++) sum += distance(items[i], items[j]);
  }
  return sum / (items.length * (items.length - 1) / 2);
}

// Whether a model draws something new, or repeats its shots.

/** The shot that an image is most similar to. */
export type NearestShot = { shot: number; cosine: number };

/** For each generated image. [N] */
export function nearestShots(generated: Embeddings, shots: Embeddings): NearestShot[] {
  if (shots.length === 0) throw new RangeError("there is no shot to be near to");
  return generated.map((image) =>
    shots
      .map((embedding, shot) => ({ shot, cosine: cosine(image, embedding) }))
      .reduce((nearest, other) => other.cosine > nearest.cosine ? other : nearest)
  );
}

// What learning a style does to everything else: a method should add to a model, not replace it.

/**
 * How far each image of a prompt *without* the style moves: `1 - cos` between the adapted model's image
 * and the base model's, of the same prompt from the same noise. [N]
 */
export function drift(adapted: Embeddings, base: Embeddings): number[] {
  return pairedCosines(adapted, base).map((cosine) => 1 - cosine);
}
