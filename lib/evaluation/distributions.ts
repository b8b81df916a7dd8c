/** Distances between sets of images: KID, CMMD and the Fréchet distance. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { dot, type Embedding, type Embeddings, toUnitLength } from "./similarity.ts";

// Kernel inception distance (Bińkowski et al., "Demystifying MMD GANs"), on any embeddings.

/**
 * The squared maximum mean discrepancy of two sets of images, unbiased: of two samples of one
 * distribution it is zero on average, thus at times negative.
 *
 * @throws RangeError if a set has fewer than two images
 */
export function kid(xs: Embeddings, ys: Embeddings): number {
  return meanOfDistinctPairs(xs, cubic) + meanOfDistinctPairs(ys, cubic) -
    2 * meanOfPairs(xs, ys, cubic);
}

/** An image, and the true one of the same thing. */
export type ImagePair = { image: Embedding; truth: Embedding };

/**
 * The same, where each image has a true one of the same thing. As the two are more alike than
 * independent draws, `kid` would come out too low: an image is compared with all true ones but its
 * own (Gretton et al. 2012, "A Kernel Two-Sample Test", equation 4).
 *
 * @throws RangeError if there are fewer than two pairs
 */
export function pairedKid(pairs: readonly ImagePair[]): number {
  let [sum, count] = [0, 0];
  for (const [i, a] of pairs.entries()) {
    for (const b of pairs.slice(i + 1)) {
      if (a.image === b.image) continue; // also where a bootstrap draws a pair twice
      sum += cubic(a.image, b.image) + cubic(a.truth, b.truth) -
        cubic(a.image, b.truth) - cubic(b.image, a.truth);
      count++;
    }
  }
  if (count === 0) throw new RangeError("the distance needs two different pairs at least");
  return sum / count;
}

const cubic: Kernel = (a, b) => (dot(a, b) / a.length + 1) ** 3;

// CLIP maximum mean discrepancy (Jayasumana et al., "Rethinking FID").

/** Bandwidth of the Gaussian kernel. */
const sigma = 10;

const scale = 1000;

/** Of embeddings of unit length, as the metric is defined. Biased, and never negative. */
export function cmmd(xs: Embeddings, ys: Embeddings): number {
  return rawCmmd(xs.map(toUnitLength), ys.map(toUnitLength));
}

/** Of embeddings as they are. */
export function rawCmmd(xs: Embeddings, ys: Embeddings): number {
  return scale *
    (meanOfPairs(xs, xs, gaussian) + meanOfPairs(ys, ys, gaussian) -
      2 * meanOfPairs(xs, ys, gaussian));
}

const gaussian: Kernel = (a, b) => {
  const squaredDistance = dot(a, a) + dot(b, b) - 2 * dot(a, b);
  return Math.exp(-squaredDistance / (2 * sigma ** 2));
};

// Means of a kernel, which maximum mean discrepancies are made of.

type Kernel = (a: Embedding, b: Embedding) => number;

/** Over all pairs of a row of `xs` and a row of `ys`. */
function meanOfPairs(xs: Embeddings, ys: Embeddings, kernel: Kernel): number {
  return meanWhere(xs, ys, kernel, () => true);
}

/**
 * Over all pairs of different rows. A row that a bootstrap has drawn twice, and is thus the same
 * object, makes no pair with itself.
 */
function meanOfDistinctPairs(xs: Embeddings, kernel: Kernel): number {
  return meanWhere(xs, xs, kernel, (a, b) => a !== b);
}

function meanWhere(
  xs: Embeddings,
  ys: Embeddings,
  kernel: Kernel,
  isPair: (a: Embedding, b: Embedding) => boolean,
): number {
  let [sum, count] = [0, 0];
  for (const x of xs) {
    for (const y of ys) {
      if (!isPair(x, y)) continue;
      sum += kernel(x, y);
      count++;
    }
  }
  if (count === 0) throw new RangeError("a kernel's mean needs a pair of embeddings at least");
  return sum / count;
}

// Fréchet distance of two sets of images (Heusel et al., where the embeddings are Inception's).

/** The normal distribution that fits a set. */
export type Gaussian = {
  /** [D] */
  mean: Float64Array;
  /** [D, D], with N - 1 in the denominator. */
  covariance: Matrix;
};

/** @throws RangeError if there are fewer than two embeddings */
export function fitGaussian(embeddings: Embeddings): Gaussian {
  const count = embeddings.length;
  if (count < 2) throw new RangeError(`a covariance needs two embeddings at least, not ${count}`);
  const rows = new Matrix(embeddings.map((embedding) => Array.from(embedding)));
  const mean = rows.mean("column");
  const centered = rows.subRowVector(mean);
  const covariance = centered.transpose().mmul(centered).div(count - 1);
  return { mean: Float64Array.from(mean), covariance };
}

/**
 * `|μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2·(Σ₁Σ₂)^½)`. Biased for small sets: prefer `kid` below some thousands.
 *
 * @throws RangeError if a set has fewer than two embeddings
 */
export function frechetDistance(xs: Embeddings, ys: Embeddings): number {
  const [x, y] = [fitGaussian(xs), fitGaussian(ys)];
  const shift = x.mean.map((value, i) => value - y.mean[i]);
  return dot(shift, shift) + x.covariance.trace() + y.covariance.trace() -
    2 * traceOfRootOfProduct(x.covariance, y.covariance);
}

/** `tr((AB)^½)` as the sum of the square roots of the eigenvalues of `A^½·B·A^½`, which is symmetric. */
function traceOfRootOfProduct(a: Matrix, b: Matrix): number {
  const root = squareRoot(a);
  const { realEigenvalues } = eigen(root.mmul(b).mmul(root));
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
}

function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = eigen(symmetric);
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(value, 0))));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose());
}

function eigen(symmetric: Matrix): EigenvalueDecomposition {
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
}
