/** The optimizer: AdamW, gradients, variables and their moving average. */
import {
  attr,
  DataType,
  rawOp,
  type Tensor,
  tf,
  type Variable,
  variable,
} from "../internal/tensor/mod.ts";
import type { Params } from "../models/mod.ts";

// AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch computes it.

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

/** Values that change from step to step: scalars, so that a compiled step takes them as inputs. */
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

/** Parameters that a step updates in place, by the names of their checkpoint. */
export type Variables = Record<string, Variable>;

/** Variables that start as `params`, whose tensors stay the caller's to dispose. */
export function createVariables(params: Params): Variables {
  return mapValues(params, variable);
}

/** Variables of the same shapes that start as zeros. */
export function zerosLike(variables: Variables): Variables {
  return mapValues(variables, ({ shape }) => {
    // `tf.zeros` would make them here and copy them there.
    const zeros = tf.fill(shape, 0);
    const created = variable(zeros);
    zeros.dispose();
    return created;
  });
}

/** The values now. */
export function readVariables(variables: Variables): Params {
  return mapValues(variables, (variable): Tensor => variable.read());
}

export function disposeVariables(variables: Variables): void {
  for (const variable of Object.values(variables)) variable.dispose();
}

function mapValues<A, B>(record: Record<string, A>, fn: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(value)]));
}

/**
 * Moves the exponential moving average of some variables towards them:
 * shadow ← shadow − (1 − decay)(shadow − w). May be called inside a compiled step.
 *
 * @param decay a scalar, so that a compiled step takes it as an input
 */
export function updateEma(shadows: Variables, variables: Variables, decay: Tensor): void {
  const share = tf.sub(1, decay);
  for (const [name, shadow] of Object.entries(shadows)) {
    tf.tidy(() => {
      const value = shadow.read();
      const difference = tf.sub(value, variables[name].read());
      shadow.assign(tf.sub(value, tf.mul(difference, share)));
    });
  }
}

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
