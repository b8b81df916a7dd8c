/** Distances between feature maps: Gram matrices for style, and a perceptual distance. */

// Style as the correlations of features, whatever their places (Gatys et al., "Image Style Transfer
// Using Convolutional Neural Networks").

/** One layer's correlations, row-major. [C, C] */
export type GramMatrix = Float64Array;

/** `F·Fᵀ / (C·H·W)` */
export function gramMatrix(features: FeatureMap): GramMatrix {
  const { channels, data } = features;
  const pixels = pixelsOf(features);
  const gram = new Float64Array(channels * channels);
  for (let row = 0; row < channels; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let pixel = 0; pixel < pixels; pixel++) {
        sum += data[row * pixels + pixel] * data[column * pixels + pixel];
      }
      gram[row * channels + column] = gram[column * channels + row] = sum / data.length;
    }
  }
  return gram;
}

/** The mean of several images' matrices of one layer: what their style has in common. */
export function meanGramMatrix(grams: readonly GramMatrix[]): GramMatrix {
  if (grams.length === 0) throw new RangeError("there is no Gram matrix to average");
  return grams[0].map((_, i) => grams.reduce((sum, gram) => sum + gram[i], 0) / grams.length);
}

/** The mean squared difference of one layer's matrices. */
export function gramDistance(a: GramMatrix, b: GramMatrix): number {
  if (a.length !== b.length) throw new RangeError("Gram matrices of unlike layers");
  return a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
}

/**
 * How far two images' styles, or two sets' mean styles, are apart: the layers' distances, weighted.
 *
 * @param a one matrix a layer
 * @param weights one a layer; by default all are 1
 */
export function styleDistance(
  a: readonly GramMatrix[],
  b: readonly GramMatrix[],
  weights: readonly number[] = a.map(() => 1),
): number {
  if (a.length !== b.length || a.length !== weights.length) {
    throw new RangeError(`${a.length} and ${b.length} layers with ${weights.length} weights`);
  }
  return weights.reduce((sum, weight, layer) => sum + weight * gramDistance(a[layer], b[layer]), 0);
}

// How different two images look, place by place (after Zhang et al., "LPIPS").

/**
 * Features are brought to unit length at each pixel; their squared differences are weighted by
 * channel, averaged over pixels, and summed over layers.
 *
 * @param a one map a layer
 * @param channelWeights one list a layer
 */
export function perceptualDistance(
  a: readonly FeatureMap[],
  b: readonly FeatureMap[],
  channelWeights: readonly ArrayLike<number>[],
): number {
  if (a.length !== b.length || a.length !== channelWeights.length) {
    throw new RangeError(
      `${a.length} and ${b.length} layers with ${channelWeights.length} lists of weights`,
    );
  }
  return a.reduce(
    (sum, features, layer) => sum + layerDistance(features, b[layer], channelWeights[layer]),
    0,
  );
}

function layerDistance(a: FeatureMap, b: FeatureMap, channelWeights: ArrayLike<number>): number {
  const pixels = pixelsOf(a);
  if (pixelsOf(b) !== pixels || b.channels !== a.channels || channelWeights.length !== a.channels) {
    throw new RangeError("feature maps of unlike layers");
  }
  let sum = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [lengthA, lengthB] = [lengthAt(a, pixel, pixels), lengthAt(b, pixel, pixels)];
    for (let channel = 0; channel < a.channels; channel++) {
      const i = channel * pixels + pixel;
      sum += channelWeights[channel] * (a.data[i] / lengthA - b.data[i] / lengthB) ** 2;
    }
  }
  return sum / pixels;
}

/** Never zero, so that a pixel without features can be divided by it. */
function lengthAt({ channels, data }: FeatureMap, pixel: number, pixels: number): number {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) sum += data[channel * pixels + pixel] ** 2;
  return Math.sqrt(sum) + 1e-10;
}

/** What a layer of an image encoder says of one image, channels first. [C, H·W] */
export type FeatureMap = {
  channels: number;
  /** C·H·W numbers, row-major. */
  data: ArrayLike<number>;
};

/** H·W */
function pixelsOf({ channels, data }: FeatureMap): number {
  const pixels = data.length / channels;
  if (pixels < 1 || !Number.isInteger(pixels)) {
    throw new RangeError(`${data.length} numbers are not a feature map of ${channels} channels`);
  }
  return pixels;
}
