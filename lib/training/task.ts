import type { Params, Variables } from "../nn/mod.ts";
import type { Streams } from "../random/mod.ts";
import type { Tensor } from "../tensorflow/mod.ts";

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
 * What is trained, on what, to do what.
 *
 * @template B a batch: tensors, in records and lists with plain data as one likes
 */
export type TrainingTask<B extends object = Batch> = {
  /** The trained parameters' first values; they stay the caller's to dispose. */
  params: Params;
  /** A parameter's share of the learning rate; 1 without. */
  rateOf?(name: string): number;
  /** The batch of `streams.step`, whose tensors are disposed after use. */
  batch(streams: Streams, state: BatchState): B | Promise<B>;
  /** A line for each sample of that batch, for messages about it. */
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
