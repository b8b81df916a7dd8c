/** A training task, and the gradients of one step of it. */
import type { Streams } from "../data/mod.ts";
import { compile, type Tensor, tf, withPrecision } from "../internal/tensor/mod.ts";
import { type Params, withGradientCheckpointing } from "../models/mod.ts";
import type { TrainingConfig } from "./config.ts";
import {
  clipByGlobalNorm,
  disposeVariables,
  globalNorm,
  readVariables,
  valueAndGradients,
  type Variables,
  zerosLike,
} from "./optimizer.ts";

/** Tensors that a step takes as inputs, by name. */
export type Batch = Record<string, Tensor>;

/** One of the losses that are minimized together. */
export type Term = {
  /** A scalar, before it is weighted. */
  value: Tensor;
  weight: number;
};

/** The losses of a step by name; what is minimized is the sum of `weight` times `value`. */
export type Terms = Record<string, Term>;

/**
 * A training task: parameters, batches and losses.
 *
 * @template B a batch: tensors, in records and lists with plain data as one likes
 */
export type TrainingTask<B extends object = Batch> = {
  /** The initial values of the trainable parameters; the caller disposes them. */
  params: Params;
  /** A parameter's share of the learning rate; 1 without. */
  rateOf?(name: string): number;
  /** The batch of `streams.step`, whose tensors are disposed after use. */
  batch(streams: Streams, state: BatchState): B | Promise<B>;
  /** A line about each sample of that batch, for error messages. */
  samples?(streams: Streams, state: Pick<BatchState, "batchSize">): string[];
  /** The names of the losses that a step has; undefined where all steps have the same. */
  losses?(at: { step: number; batchSize: number }): string[];
  /**
   * The losses, or one scalar where there is just one. Traced once for each structure of a batch: a
   * batch may hold more at some steps than at others, and the loss do more with it. Reads no values.
   */
  loss(params: Params, batch: B): Tensor | Terms;
};

/** What a batch may depend on, apart from its random streams. */
export type BatchState = {
  batchSize: number;
  /** The weights now, for a batch that the model in training takes part in. */
  variables: Variables;
};

// A step's losses and gradient: of one batch, or of several whose gradients are added up.

/** The gradients that the optimizer is given, and their common norm before they were clipped. */
type Clipped = { gradients: Params; norm: Tensor };

/** The losses of a step: in sum, and one by one before they are weighted. */
export type Losses = {
  loss: number;
  values: Record<string, number>;
  weights: Record<string, number>;
};

/** Answers with a step's batch k. */
export type NextBatch<B> = (k: number) => B | Promise<B>;

type Gradients<B> = {
  /**
   * The mean losses of a step's batches, and the gradient of their sum.
   *
   * @param next is asked for a batch when those before it are done with, and disposed
   * @param withShares whether each loss's share of the gradient is measured, on the first batch
   */
  of(next: NextBatch<B>, withShares?: boolean): Promise<
    Losses & Clipped & { shares?: Record<string, number> }
  >;
  dispose(): void;
};

/** @param variables what the gradients are of */
export function createGradients<B extends object = Batch>(
  { loss }: Pick<TrainingTask<B>, "loss">,
  config: TrainingConfig,
  variables: Variables,
): Gradients<B> {
  const { precision, gradientCheckpointing = false, accumulate = 1, maxGradNorm } = config;

  const gradientOf = (f: (params: Params) => Tensor) =>
    withPrecision(precision, () =>
      withGradientCheckpointing(
        gradientCheckpointing,
        () => valueAndGradients(f, readVariables(variables)),
      ));
  const differentiated = (batch: B) => {
    const values: Params = {}, weights: Record<string, number> = {};
    const { value, gradients } = gradientOf((params) => {
      const terms = termsOf(loss(params, batch));
      for (const [name, { value, weight }] of Object.entries(terms)) {
        values[name] = tf.keep(tf.clone(value));
        weights[name] = weight;
      }
      return sumOf(terms);
    });
    for (const [name, value] of Object.entries(values)) {
      values[name] = tf.clone(value);
      value.dispose();
    }
    return { value, values, weights, gradients };
  };
  const clip = (gradients: Params): Clipped =>
    maxGradNorm
      ? clipByGlobalNorm(gradients, maxGradNorm)
      : { gradients, norm: globalNorm(gradients) };

  /** The norm of the gradient of the losses in sum, each times a number. */
  const normOf = compile((batch: B, factors: Params): Tensor => {
    const { gradients } = gradientOf((params) => {
      const terms = Object.entries(termsOf(loss(params, batch)));
      return tf.addN(
        terms.map(([name, { value, weight }]) => tf.mul(value, tf.mul(factors[name], weight))),
      );
    });
    return globalNorm(gradients);
  });
  /** By taking one loss at a time: the others' factors are zero, so that all are traced together, once. */
  const sharesOf = (batch: B, names: readonly string[]): Record<string, number> => {
    const norms = names.map((chosen) => {
      const factors = Object.fromEntries(
        names.map((name) => [name, tf.scalar(name === chosen ? 1 : 0)]),
      );
      const norm = numberOf(normOf(batch, factors));
      tf.dispose(factors);
      return norm;
    });
    const sum = norms.reduce((sum, norm) => sum + norm, 0);
    return Object.fromEntries(names.map((name, i) => [name, sum === 0 ? 0 : norms[i] / sum]));
  };

  if (accumulate === 1) {
    const compute = compile((batch: B) => {
      const { gradients, ...found } = differentiated(batch);
      return { ...found, ...clip(gradients) };
    });
    return {
      async of(next, withShares = false) {
        const batch = await next(0);
        const { value, values, ...rest } = compute(batch);
        const shares = withShares ? sharesOf(batch, Object.keys(values)) : undefined;
        tf.dispose(batch as never);
        return {
          loss: numberOf(value),
          values: numbersOf(values),
          ...rest,
          ...shares && { shares },
        };
      },
      dispose() {},
    };
  }

  // The mean of K batches' gradients is that of one batch of all their samples (Ott et al. 2018,
  // "Scaling neural machine translation"): g = Σ gₖ / K.
  const means = zerosLike(variables);
  const add = compile((batch: B) => {
    const { gradients, ...found } = differentiated(batch);
    for (const [name, gradient] of Object.entries(gradients)) {
      means[name].assignSub(tf.mul(gradient, -1 / accumulate));
    }
    return found;
  });
  const take = compile(() => {
    const taken = clip(readVariables(means));
    for (const mean of Object.values(means)) mean.assign(tf.fill(mean.shape, 0));
    return taken;
  });
  return {
    async of(next, withShares = false) {
      const all: Losses[] = [];
      let shares: Record<string, number> | undefined;
      for (let k = 0; k < accumulate; k++) {
        const batch = await next(k);
        const { value, values, weights } = add(batch);
        if (withShares && k === 0) shares = sharesOf(batch, Object.keys(values));
        tf.dispose(batch as never);
        all.push({ loss: numberOf(value), values: numbersOf(values), weights });
      }
      return { ...meanOf(all), ...take(), ...shares && { shares } };
    },
    dispose: () => disposeVariables(means),
  };
}

function termsOf(loss: Tensor | Terms): Terms {
  return loss instanceof tf.Tensor ? { loss: { value: loss, weight: 1 } } : loss as Terms;
}

function sumOf(terms: Terms): Tensor {
  return Object.values(terms)
    .map(({ value, weight }) => weight === 1 ? value : tf.mul(value, weight))
    .reduce((sum, value) => tf.add(sum, value));
}

/** Over batches; a loss that only some of them have over those that do. */
function meanOf(all: readonly Losses[]): Losses {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const names = new Set(all.flatMap(({ values }) => Object.keys(values)));
  return {
    loss: mean(all.map(({ loss }) => loss)),
    weights: Object.assign({}, ...all.map(({ weights }) => weights)),
    values: Object.fromEntries(
      [...names].map((name) => [name, mean(all.flatMap(({ values }) => values[name] ?? []))]),
    ),
  };
}

function numbersOf(scalars: Params): Record<string, number> {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, scalar]) => [name, numberOf(scalar)]),
  );
}

/** The number in a scalar, which is disposed. */
function numberOf(scalar: Tensor): number {
  const [number] = scalar.dataSync();
  scalar.dispose();
  return number;
}
