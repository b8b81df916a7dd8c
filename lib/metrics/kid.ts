/** Kernel inception distance (Bińkowski et al., "Demystifying MMD GANs"), on any embeddings. */
import { dot, type Embedding, type Embeddings } from "./embedding.ts";
import { type Kernel, meanOfDistinctPairs, meanOfPairs } from "./kernel.ts";

/**
 * The squared maximum mean discrepancy of two sets of pictures, unbiased: of two samples of one
 * distribution it is zero on average, thus at times negative.
 *
 * @throws RangeError if a set has fewer than two pictures
 */
export function kid(xs: Embeddings, ys: Embeddings): number {
  return meanOfDistinctPairs(xs, cubic) + meanOfDistinctPairs(ys, cubic) -
    2 * meanOfPairs(xs, ys, cubic);
}

/** A picture, and the true one of the same thing. */
export type PicturePair = { picture: Embedding; truth: Embedding };

/**
 * The same, where each picture has a true one of the same thing. As the two are more alike than
 * independent draws, `kid` would come out too low: a picture is compared with all true ones but its
 * own (Gretton et al. 2012, "A Kernel Two-Sample Test", equation 4).
 *
 * @throws RangeError if there are fewer than two pairs
 */
export function pairedKid(pairs: readonly PicturePair[]): number {
  let [sum, count] = [0, 0];
  for (const [i, a] of pairs.entries()) {
    for (const b of pairs.slice(i + 1)) {
      if (a.picture === b.picture) continue; // also where a bootstrap draws a pair twice
      sum += cubic(a.picture, b.picture) + cubic(a.truth, b.truth) -
        cubic(a.picture, b.truth) - cubic(b.picture, a.truth);
      count++;
    }
  }
  if (count === 0) throw new RangeError("the distance needs two different pairs at least");
  return sum / count;
}

const cubic: Kernel = (a, b) => (dot(a, b) / a.length + 1) ** 3;
