/** The networks as compiled functions of their weights, traced once for each architecture. */
import type { Decoder, Denoiser } from "../diffusion/backbone.ts";
import type { Params } from "../nn/mod.ts";
import {
  compile,
  memoized,
  type Precision,
  type Tensor,
  tf,
  withPrecision,
} from "../tensorflow/mod.ts";
import { guided } from "./guidance.ts";

/** The guided prediction for latents [n, h, w, c] that are all at one timestep, a scalar. */
export const guidedPredictorOf = memoized((predict: Denoiser["predict"]) =>
  compile((
    params: Params,
    x: Tensor,
    timestep: Tensor,
    contexts: Tensor,
    { guidanceScale, precision }: { guidanceScale: number; precision: Precision },
  ) =>
    withPrecision(precision, () =>
      guided(
        (latents, contexts) => {
          const timesteps = tf.tile(tf.reshape(timestep, [1]), [latents.shape[0]]);
          return predict(params, latents, timesteps, contexts);
        },
        x,
        contexts,
        guidanceScale,
      ))
  )
);

/** Scaled latents → images, about in [−1, 1] */
export const decoderOf = memoized((decode: Decoder["decode"]) =>
  compile((params: Params, latents: Tensor, { precision }: { precision: Precision }) =>
    withPrecision(precision, () => decode(params, latents))
  )
);
