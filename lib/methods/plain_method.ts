import { tf } from "../tensorflow/mod.ts";
import { createDenoising, type DenoisingConfig } from "./denoising.ts";
import { allTimesteps } from "./diffusion_step.ts";
import type { Learner } from "./learner.ts";
import type { Method, MethodContext } from "./method.ts";
import { captionsOf, plainShots } from "./show_shots.ts";

/** A learner on the shots as they are, at all timesteps. */
export function plainMethod(
  config: DenoisingConfig,
  context: MethodContext,
  learner: Learner,
): Method {
  const { model, styleWords } = context;
  const { show, batch, errors } = createDenoising(config, context, {
    learner,
    show: plainShots(context),
    trained: allTimesteps(model),
  });
  return {
    task: {
      params: learner.params,
      rateOf: learner.rateOf,
      batch: (random, step, { batchSize }) => batch(show({ step, batchSize }, random), random),
      captions: (random, step, { batchSize }) => captionsOf(show({ step, batchSize }, random)),
      loss: (params, batch) => tf.mean(errors(params, batch)),
    },
    styleWords,
    adapted: learner.adapted,
  };
}
