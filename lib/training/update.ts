/** The compiled part of a step: loss, gradients, clipping, optimizer, moving average. */
import {
  type AdamW,
  type AdamWScalars,
  clipByGlobalNorm,
  disposeVariables,
  type Params,
  readVariables,
  updateEma,
  valueAndGradients,
  type Variables,
  withGradientCheckpointing,
  zerosLike,
} from "../nn/mod.ts";
import { compile, type Tensor, tf, withPrecision } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "./config.ts";
import type { Batch, TrainingTask } from "./task.ts";

/** What changes from step to step; disposed by the caller. */
export type UpdateScalars = { optimizer: AdamWScalars; emaDecay: Tensor };

export type Update = {
  /**
   * Moves the weights once.
   *
   * @param next the step's batch k, which is asked for when those before it are done with, and disposed
   * @returns the mean loss of the batches
   */
  run(next: (k: number) => Batch | Promise<Batch>, scalars: UpdateScalars): Promise<number>;
  dispose(): void;
};

type Updated = { variables: Variables; shadows?: Variables; optimizer: AdamW };

export function createUpdate(
  { loss }: Pick<TrainingTask, "loss">,
  config: TrainingConfig,
  { variables, shadows, optimizer }: Updated,
): Update {
  const { maxGradNorm, precision, gradientCheckpointing = false, accumulate = 1 } = config;

  const differentiated = (batch: Batch) =>
    withGradientCheckpointing(
      gradientCheckpointing,
      () => valueAndGradients((params) => loss(params, batch), readVariables(variables)),
    );
  const apply = (gradients: Params, { optimizer: scalars, emaDecay }: UpdateScalars) => {
    const clipped = maxGradNorm ? clipByGlobalNorm(gradients, maxGradNorm).gradients : gradients;
    optimizer.update(clipped, scalars);
    if (shadows) updateEma(shadows, variables, emaDecay);
  };

  if (accumulate === 1) {
    const update = compile((batch: Batch, scalars: UpdateScalars) =>
      withPrecision(precision, () => {
        const { value, gradients } = differentiated(batch);
        apply(gradients, scalars);
        return value;
      })
    );
    return {
      run: async (next, scalars) => consumed(await next(0), (batch) => update(batch, scalars)),
      dispose() {},
    };
  }

  // The mean of K batches' gradients is that of one batch of all their samples (Ott et al. 2018,
  // "Scaling neural machine translation"): g = Σ gₖ / K.
  const means = zerosLike(variables);
  const add = compile((batch: Batch) =>
    withPrecision(precision, () => {
      const { value, gradients } = differentiated(batch);
      for (const [name, gradient] of Object.entries(gradients)) {
        means[name].assignSub(tf.mul(gradient, -1 / accumulate));
      }
      return value;
    })
  );
  const finish = compile((scalars: UpdateScalars) => {
    apply(readVariables(means), scalars);
    for (const mean of Object.values(means)) mean.assign(tf.fill(mean.shape, 0));
  });
  return {
    async run(next, scalars) {
      let sum = 0;
      for (let k = 0; k < accumulate; k++) sum += consumed(await next(k), add);
      finish(scalars);
      return sum / accumulate;
    },
    dispose: () => disposeVariables(means),
  };
}

/** The number that `compute` makes of a batch, which is disposed. */
function consumed(batch: Batch, compute: (batch: Batch) => Tensor): number {
  const value = compute(batch);
  const [number] = value.dataSync();
  tf.dispose([batch, value]);
  return number;
}
