/** Activation functions. */
import { type Tensor, tf } from "../internal/tensor/mod.ts";

/** x · σ(βx). */
function swish(x: Tensor, beta: number): Tensor {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    const gate = tf.sigmoid(beta === 1 ? input : tf.mul(input, beta));
    save([input, gate]);
    return {
      value: tf.mul(input, gate),
      // d/dx xσ(βx) = σ + βxσ(1 − σ)
      gradFunc: (dy: Tensor, [input, gate]: Tensor[]) => {
        const slope = tf.mul(tf.mul(input, gate), tf.sub(beta, tf.mul(gate, beta)));
        return tf.mul(dy, tf.add(gate, slope));
      },
    };
  })(x);
}

/** x · σ(x) (Elfwing et al. 2017). */
export function silu(x: Tensor): Tensor {
  return swish(x, 1);
}

/** x · σ(1.702 x): the GELU of OpenAI's CLIP. */
export function quickGelu(x: Tensor): Tensor {
  return swish(x, 1.702);
}

/** x · Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}
