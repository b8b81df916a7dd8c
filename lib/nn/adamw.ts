/** AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch computes it. */
import { attr, DataType, rawOp, type Tensor, tf, type Variable } from "../tensorflow/mod.ts";
import type { Params } from "./params.ts";
import { disposeVariables, type Variables, zerosLike } from "./variables.ts";

export type AdamWConfig = {
  betas: [number, number];
  epsilon: number;
  weightDecay: number;
  /** A variable's share of the learning rate; 1 without. */
  rateOf?(name: string): number;
};

export const adamWDefaults: AdamWConfig = {
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01,
};

/** What changes from step to step: scalars, so that a compiled step takes them as inputs. */
export type AdamWScalars = { stepSize: Tensor; epsilon: Tensor; decay: Tensor };

export type AdamW = {
  /** The scalars of step `step` (1 is the first) at a learning rate. The caller disposes them. */
  scalars(step: number, learningRate: number): AdamWScalars;
  /** Updates the variables that have a gradient. May be called inside a compiled step. */
  update(gradients: Params, scalars: AdamWScalars): void;
  /** m and v, as `${name}.exp_avg` and `${name}.exp_avg_sq`. */
  state: Variables;
  dispose(): void;
};

/** An optimizer of `variables`. */
export function createAdamW(variables: Variables, config: AdamWConfig = adamWDefaults): AdamW {
  const { betas: [beta1, beta2], epsilon, weightDecay, rateOf = () => 1 } = config;
  const m = zerosLike(variables), v = zerosLike(variables);
  const named = (moments: Variables, suffix: string) =>
    Object.entries(moments).map(([name, variable]) => [`${name}.${suffix}`, variable]);
  const state: Variables = Object.fromEntries([...named(m, "exp_avg"), ...named(v, "exp_avg_sq")]);
  return {
    state,
    scalars(step, learningRate) {
      // lr m̂ / (√v̂ + ε) = lr √(1−β₂ᵏ)/(1−β₁ᵏ) · m / (√v + ε √(1−β₂ᵏ))
      const root = Math.sqrt(1 - beta2 ** step);
      return {
        stepSize: tf.scalar(learningRate * root / (1 - beta1 ** step)),
        epsilon: tf.scalar(epsilon * root),
        decay: tf.scalar(learningRate * weightDecay),
      };
    },
    update(gradients, { stepSize, epsilon, decay }) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const w = variables[name];
        const rate = rateOf(name);
        const scaled = (scalar: Tensor) => rate === 1 ? scalar : tf.mul(scalar, rate);
        tf.tidy(() => {
          // Read late, or the step would hold the weights before and after their decay all along.
          if (weightDecay > 0) w.assignSub(tf.mul(w.read(gradient), scaled(decay)));
          const apply = w.resource ? applyInPlace : applyByAssignment;
          const size = scaled(stepSize);
          apply({ w, m: m[name], v: v[name], beta1, beta2, gradient, stepSize: size, epsilon });
        });
      }
    },
    dispose: () => disposeVariables(state),
  };
}

type Update = {
  w: Variable;
  m: Variable;
  v: Variable;
  gradient: Tensor;
  beta1: number;
  beta2: number;
  stepSize: Tensor;
  epsilon: Tensor;
};

/** TensorFlow's fused kernel; powers of β of zero leave the correction of bias to `stepSize`. */
function applyInPlace({ w, m, v, gradient, beta1, beta2, stepSize, epsilon }: Update): void {
  const attributes = [
    attr.type("T", DataType.float32),
    attr.bool("use_locking", false),
    attr.bool("use_nesterov", false),
  ];
  tf.tidy(() => {
    const zero = tf.scalar(0);
    const scalars = [zero, zero, stepSize, tf.scalar(beta1), tf.scalar(beta2), epsilon];
    const inputs = [w.resource!, m.resource!, v.resource!, ...scalars, gradient];
    rawOp("ResourceApplyAdam", attributes, inputs, 0);
  });
}

function applyByAssignment(
  { w, m, v, gradient, beta1, beta2, stepSize, epsilon }: Update,
): void {
  tf.tidy(() => {
    const nextM = tf.add(tf.mul(m.read(), beta1), tf.mul(gradient, 1 - beta1));
    const nextV = tf.add(tf.mul(v.read(), beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const direction = tf.div(nextM, tf.add(tf.sqrt(nextV), epsilon));
    m.assign(nextM);
    v.assign(nextV);
    w.assign(tf.sub(w.read(), tf.mul(direction, stepSize)));
  });
}
