import { type Tensor, tf } from "../tensorflow/mod.ts";
import type { Params } from "./params.ts";

/**
 * A scalar function's value, and its gradient with respect to each parameter; zeros where the value
 * does not depend on one.
 */
export function valueAndGradients(
  f: (params: Params) => Tensor,
  params: Params,
): { value: Tensor; gradients: Params } {
  const names = Object.keys(params), tensors = Object.values(params);
  return tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(
      () => f(Object.fromEntries(names.map((name, i) => [name, tensors[i]]))),
      tensors,
      null as never,
      true,
    );
    return {
      value,
      gradients: Object.fromEntries(
        names.map((name, i) => [name, grads[i] ?? tf.zerosLike(tensors[i])]),
      ),
    };
  });
}

/** The norm of all gradients as one vector: NaN or infinite where any of their numbers is. */
export function globalNorm(gradients: Params): Tensor {
  return tf.sqrt(tf.addN(Object.values(gradients).map((g) => tf.sum(tf.square(g)))));
}

/**
 * Gradients scaled so that their common norm is at most `maxNorm` (Pascanu et al. 2013).
 *
 * @returns the gradients, and their norm before
 */
export function clipByGlobalNorm(
  gradients: Params,
  maxNorm: number,
): { gradients: Params; norm: Tensor } {
  const norm = globalNorm(gradients);
  const scale = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  const clipped = Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, scale)]);
  return { gradients: Object.fromEntries(clipped), norm };
}
