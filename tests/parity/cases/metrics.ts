import { mean, median } from "simple-statistics";
import {
  cmmd,
  cosineDistance,
  diversity,
  type Embeddings,
  type FeatureMap,
  fitGaussian,
  frechetDistance,
  gramDistance,
  gramMatrix,
  kid,
  meanPairwise,
  percentileInterval,
  perceptualDistance,
  rawCmmd,
  resampled,
  styleDistance,
} from "specialist/evaluation";
import type { NamedArray } from "specialist/models/files/safetensors.ts";
import type { Fixture, Output, Outputs, ParityCase } from "../parity_case.ts";

/** Set metrics on given features. */
export const metrics: ParityCase = (fixture) => ({
  ...setDistances(fixture),
  ...gram(fixture),
  ...perceptual(fixture),
  ...diversities(fixture),
  ...bootstrapped(fixture),
});

function setDistances({ inputs }: Fixture): Outputs {
  const [x, y, xSmall, ySmall] = ["x", "y", "x_small", "y_small"].map((name) => rows(inputs[name]));
  const gaussian = fitGaussian(x);
  return {
    "fid/mu_x": { shape: [gaussian.mean.length], data: gaussian.mean },
    "fid/sigma_x": {
      shape: [gaussian.covariance.rows, gaussian.covariance.columns],
      data: gaussian.covariance.to1DArray(),
    },
    "value/fid": scalar(frechetDistance(x, y)),
    "value/fid_scipy_sqrtm": scalar(frechetDistance(x, y)),
    "value/fid_same_set": scalar(frechetDistance(x, x)),
    "value/fid_rank_deficient": scalar(frechetDistance(xSmall, ySmall)),
    "value/kid": scalar(kid(x, y)),
    "value/kid_small": scalar(kid(xSmall, ySmall)),
    "value/cmmd_normalised": scalar(cmmd(x, y)),
    "value/cmmd_raw": scalar(rawCmmd(x, y)),
  };
}

function gram({ config, inputs }: Fixture): Outputs {
  const weights: number[] = config.gram_layer_weights;
  const layers = weights.map((weight, layer) => {
    const [generated] = featureMaps(inputs[`gram/gen${layer}`]);
    const [reference] = featureMaps(inputs[`gram/ref${layer}`]);
    return { weight, generated, reference, shape: inputs[`gram/gen${layer}`].shape };
  });
  const generated = layers.map(({ generated }) => gramMatrix(generated));
  const reference = layers.map(({ reference }) => gramMatrix(reference));
  return {
    "gram/per_layer": vector(generated.map((matrix, i) => gramDistance(matrix, reference[i]))),
    "gram/total": scalar(styleDistance(generated, reference, weights)),
    ...Object.fromEntries(layers.flatMap(({ weight, generated: features, shape }, layer) => {
      const { channels } = features;
      const loss = (changed: FeatureMap) =>
        styleDistance([gramMatrix(changed)], [reference[layer]], [weight]);
      return [
        [`gram/matrix_gen${layer}`, { shape: [1, channels, channels], data: generated[layer] }],
        [`gram/grad_gen${layer}`, { shape, data: quarticGradient(features, loss) }],
      ];
    })),
  };
}

/** Five-point differences, which are exact for a loss of degree four in each feature. */
function quarticGradient(
  { channels, data }: FeatureMap,
  loss: (features: FeatureMap) => number,
): Float64Array {
  const changed = Float64Array.from(data);
  const lossAt = (i: number, step: number) => {
    const original = changed[i];
    changed[i] = original + step;
    const value = loss({ channels, data: changed });
    changed[i] = original;
    return value;
  };
  return changed.map((_, i) =>
    (8 * (lossAt(i, 1) - lossAt(i, -1)) - (lossAt(i, 2) - lossAt(i, -2))) / 12
  );
}

function perceptual({ inputs }: Fixture): Outputs {
  const layers = numbered(inputs, "lpips_like/feat").map(featureMaps);
  const weights = numbered(inputs, "lpips_like/channel_weight").map(({ data }) => data);
  const images = layers[0].map((_, image) => layers.map((maps) => maps[image]));
  const distance = (a: FeatureMap[], b: FeatureMap[]) => perceptualDistance(a, b, weights);
  const pairs = images.flatMap((a, i) => images.slice(i + 1).map((b) => distance(a, b)));
  return {
    "lpips_like/pairs": vector(pairs),
    "lpips_like/mean_pairwise": scalar(meanPairwise(images, distance)),
  };
}

function diversities({ inputs }: Fixture): Outputs {
  const features = rows(inputs["diversity/features"]);
  return {
    "diversity/cosine_distance_matrix": {
      shape: [features.length, features.length],
      data: features.flatMap((a) => features.map((b) => cosineDistance(a, b))),
    },
    "diversity/mean_pairwise_cosine_distance": scalar(diversity(features)),
  };
}

function bootstrapped({ inputs }: Fixture): Outputs {
  const values = Array.from(inputs["bootstrap/values"].data);
  const indices = rows(inputs["bootstrap/indices"]);
  const means = resampled(values, indices, mean);
  const interval = (statistics: number[], level: number) => {
    const { low, high } = percentileInterval(statistics, level);
    return vector([low, high]);
  };
  return {
    "bootstrap/means": vector(means),
    "value/bootstrap_mean_ci95": interval(means, 0.95),
    "value/bootstrap_mean_ci90": interval(means, 0.9),
    "value/bootstrap_median_ci95": interval(resampled(values, indices, median), 0.95),
    "value/bootstrap_point_mean": scalar(mean(values)),
  };
}

/** The rows of a matrix. */
function rows({ shape: [count, width], data }: NamedArray): Embeddings {
  return Array.from({ length: count }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

/** The images of a batch. [N, C, H, W] */
function featureMaps({ shape: [count, channels, ...size], data }: NamedArray): FeatureMap[] {
  const width = size.reduce((product, length) => product * length, channels);
  return rows({ shape: [count, width], dtype: "F32", data }).map((data) => ({ channels, data }));
}

/** The inputs `name0`, `name1`, … */
function numbered(inputs: Record<string, NamedArray>, name: string): NamedArray[] {
  const layers = Object.keys(inputs).filter((input) => input.startsWith(name)).length;
  return Array.from({ length: layers }, (_, layer) => inputs[`${name}${layer}`]);
}

function scalar(value: number): Output {
  return vector([value]);
}

function vector(data: number[]): Output {
  return { shape: [data.length], data };
}
