import type { Params, Variables } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import type { Tensor } from "../tensorflow/mod.ts";

/** Tensors that a step takes as inputs, by name. */
export type Batch = Record<string, Tensor>;

/** What is trained, on what, to do what. */
export type TrainingTask = {
  /** The trained parameters' first values; they stay the caller's to dispose. */
  params: Params;
  /** A parameter's share of the learning rate; 1 without. */
  rateOf?(name: string): number;
  /**
   * The batch after `step` batches, of which a step takes `accumulate`. All are drawn in turn from one
   * random stream. Its tensors are disposed after use.
   */
  batch(random: Random, step: number, state: BatchState): Batch | Promise<Batch>;
  /**
   * The captions that `batch` would show, sample by sample, from the same place of the stream: for
   * messages about a batch.
   */
  captions?(random: Random, step: number, state: Pick<BatchState, "batchSize">): string[];
  /**
   * The scalar to minimize. Traced once for each set of names and shapes in a batch: a batch may
   * hold more at some steps than at others, and the loss do more with it. Must not read values.
   */
  loss(params: Params, batch: Batch): Tensor;
};

/** What a batch may depend on, beside the random stream. */
export type BatchState = {
  batchSize: number;
  /** The weights now, for a batch that is made by the model in training. */
  variables: Variables;
};
