/** A step's loss and gradient: of one batch, or of several whose gradients are added up. */
import {
  clipByGlobalNorm,
  disposeVariables,
  globalNorm,
  type Params,
  readVariables,
  valueAndGradients,
  type Variables,
  withGradientCheckpointing,
  zerosLike,
} from "../nn/mod.ts";
import { compile, type Tensor, tf, withPrecision } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import type { Batch, TrainingTask } from "./task.ts";

/** The gradients that the optimizer is given, and their common norm before they were clipped. */
type Clipped = { gradients: Params; norm: Tensor };

/** Answers with a step's batch k. */
export type NextBatch = (k: number) => Batch | Promise<Batch>;

export type Gradients = {
  /**
   * The mean loss of a step's batches, and its gradients.
   *
   * @param next is asked for a batch when those before it are done with, and disposed
   */
  of(next: NextBatch): Promise<{ loss: number } & Clipped>;
  dispose(): void;
};

/** @param variables what the gradients are of */
export function createGradients(
  { loss }: Pick<TrainingTask, "loss">,
  config: TrainingConfig,
  variables: Variables,
): Gradients {
  const { precision, gradientCheckpointing = false, accumulate = 1, maxGradNorm } = config;

  const differentiated = (batch: Batch) =>
    withPrecision(precision, () =>
      withGradientCheckpointing(
        gradientCheckpointing,
        () => valueAndGradients((params) => loss(params, batch), readVariables(variables)),
      ));
  const clip = (gradients: Params): Clipped =>
    maxGradNorm
      ? clipByGlobalNorm(gradients, maxGradNorm)
      : { gradients, norm: globalNorm(gradients) };

  if (accumulate === 1) {
    const compute = compile((batch: Batch) => {
      const { value, gradients } = differentiated(batch);
      return { value, ...clip(gradients) };
    });
    return {
      async of(next) {
        const { value, ...clipped } = consumed(await next(0), compute);
        return { loss: numberOf(value), ...clipped };
      },
      dispose() {},
    };
  }

  // The mean of K batches' gradients is that of one batch of all their samples (Ott et al. 2018,
  // "Scaling neural machine translation"): g = Σ gₖ / K.
  const means = zerosLike(variables);
  const add = compile((batch: Batch) => {
    const { value, gradients } = differentiated(batch);
    for (const [name, gradient] of Object.entries(gradients)) {
      means[name].assignSub(tf.mul(gradient, -1 / accumulate));
    }
    return value;
  });
  const take = compile(() => {
    const taken = clip(readVariables(means));
    for (const mean of Object.values(means)) mean.assign(tf.fill(mean.shape, 0));
    return taken;
  });
  return {
    async of(next) {
      let sum = 0;
      for (let k = 0; k < accumulate; k++) sum += numberOf(consumed(await next(k), add));
      return { loss: sum / accumulate, ...take() };
    },
    dispose: () => disposeVariables(means),
  };
}

/** What `compute` makes of a batch, which is disposed. */
function consumed<T>(batch: Batch, compute: (batch: Batch) => T): T {
  const result = compute(batch);
  tf.dispose(batch);
  return result;
}

/** The number in a scalar, which is disposed. */
function numberOf(scalar: Tensor): number {
  const [number] = scalar.dataSync();
  scalar.dispose();
  return number;
}
