/** Random small programs of the ops we use: compiled, they compute what they compute eagerly. */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  compile,
  gather,
  type Tensor,
  tensorFlow,
  tf,
  useBackend,
  variable,
} from "specialist/internal/tensor/mod.ts";
import {
  attention,
  conv,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  type Params,
  quickGelu,
  silu,
} from "specialist/models";
import { upsampleNearest } from "specialist/models/blocks.ts";
import { valueAndGradients } from "specialist/training";
import { normal } from "../../tensors.ts";

await useBackend();

const shape = [2, 4, 4, 4];
const params: Params = {
  "conv.weight": tf.mul(normal([3, 3, 4, 4], 1), 0.2),
  "conv.bias": normal([4], 2),
  "linear.weight": tf.mul(normal([4, 4], 3), 0.5),
  "linear.bias": normal([4], 4),
  "norm.weight": normal([4], 5),
  "norm.bias": normal([4], 6),
};
const ids = tf.tensor2d([[3, 0, 0, 2]], [1, 4], "int32");

/** Each takes tensors of one shape to a tensor of that shape, and keeps small numbers small. */
const ops: Record<string, (a: Tensor, b: Tensor, params: Params) => Tensor> = {
  add: tf.add,
  addN: (a, b) => tf.addN([a, b, a]),
  argMax: (a, b) => tf.mul(b, constant(a, (a) => tf.expandDims(tf.argMax(a, 3), 3))),
  attention: (a, b) => tf.reshape(attention(rows(a), rows(b), rows(b), { heads: 2 }), shape),
  clipByValue: (a) => tf.clipByValue(a, -1, 1),
  concat: (a, b) => tf.slice(tf.concat([a, b], 3), [0, 0, 0, 2], shape),
  conv: (a, _, params) => conv("conv", 4, 4, 3)(params, a),
  cos: (a) => tf.cos(a),
  div: (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  equal: (a, b) => tf.mul(b, constant(a, (a) => tf.equal(tf.round(a), 0))),
  exp: (a) => tf.exp(tf.minimum(a, 1)),
  gather: (a) => tf.reshape(gather(tf.reshape(a, [4, -1]), ids), shape),
  gelu,
  groupNorm: (a, _, params) => groupNorm("norm", 4, { groups: 2 })(params, a),
  layerNorm: (a, _, params) => layerNorm("norm", 4)(params, a),
  less: (a, b) => tf.mul(a, constant(b, (b) => tf.less(b, 0.5))),
  linear: (a, _, params) => linear("linear", 4, 4)(params, a),
  mean: (a, b) => tf.sub(a, tf.mean(b, [1, 2], true)),
  mul: (a, b) => tf.mul(a, tf.clipByValue(b, -2, 2)),
  oneHot: (a, b) => tf.mul(b, constant(a, (a) => tf.oneHot(tf.argMax(a, 3).toInt(), 4))),
  pad: (a) => tf.slice(tf.pad(a, [[0, 0], [0, 1], [1, 0], [0, 0]]), [0, 1, 0, 0], shape),
  quickGelu,
  rsqrt: (a) => tf.rsqrt(tf.add(tf.square(a), 1)),
  sigmoid: (a) => tf.sigmoid(a),
  silu,
  sin: (a) => tf.sin(a),
  softmax: (a) => tf.softmax(a),
  split: (a) => {
    const [first, second] = tf.split(a, 2, 3);
    return tf.concat([second, first], 3);
  },
  sqrt: (a) => tf.sqrt(tf.add(tf.square(a), 0.1)),
  squaredDifference: (a, b) =>
    tf.squaredDifference(tf.clipByValue(a, -2, 2), tf.clipByValue(b, -2, 2)),
  sub: tf.sub,
  sum: (a, b) => tf.add(b, tf.mul(tf.sum(a, 3, true), 0.1)),
  tile: (a) => tf.tile(tf.slice(a, [0, 0, 0, 0], [1, 4, 4, 4]), [2, 1, 1, 1]),
  transpose: (a) => tf.transpose(a, [0, 2, 1, 3]),
  upsample: (a) => tf.slice(upsampleNearest(a), [0, 2, 2, 0], shape),
};

/** What changes in jumps, as numbers: its gradient is zero. */
function constant(x: Tensor, fn: (x: Tensor) => Tensor): Tensor {
  return tf.customGrad((...args) => ({
    value: tf.cast(fn(args[0] as Tensor), "float32"),
    gradFunc: () => tf.zeros(x.shape),
  }))(x);
}

function rows(x: Tensor): Tensor {
  return tf.reshape(x, [2, 16, 4]);
}

/** An op, and which of the values before it it takes, counted backwards. */
type Line = { op: string; a: number; b: number };

const program = fc.array(
  fc.record({
    op: fc.constantFrom(...Object.keys(ops)),
    a: fc.nat({ max: 3 }),
    b: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function run(lines: readonly Line[], params: Params, inputs: Tensor[]): Tensor {
  const values = [...inputs];
  for (const { op, a, b } of lines) {
    const [x, y] = [a, b].map((back) => values.at(-1 - back) ?? values[0]);
    values.push(ops[op](x, y, params));
  }
  return values.at(-1)!;
}

/** Two training steps of a program: its values, its gradients, and what it makes of a variable. */
function train(lines: readonly Line[], compiled: boolean): number[][] {
  const state = variable(tf.zeros([]));
  const names = Object.keys(params);
  const step = (params: Params, x: Tensor, y: Tensor) => {
    const { value, gradients } = valueAndGradients(
      ({ x, y, ...rest }) => {
        const out = run(lines, rest, [y, x]);
        // Whatever a program does not use has a gradient of zero, in place of none.
        const unused = tf.addN([x, y, ...Object.values(rest)].map((t) => tf.mul(tf.sum(t), 0)));
        return tf.add(tf.mean(tf.square(out)), unused);
      },
      { ...params, x, y },
    );
    state.assign(tf.add(state.read(), value));
    state.assignSub(tf.mul(value, 0.5));
    return [value, ...["x", "y", ...names].map((name) => gradients[name])];
  };
  const fn = compiled ? compile(step) : step;
  const results = tf.tidy(() =>
    [1, 2].flatMap((seed) => fn(params, normal(shape, seed), normal(shape, seed + 10)))
      .concat(state.read()).map((tensor) => [...tensor.dataSync()])
  );
  state.dispose();
  return results;
}

describe("any program of our ops", () => {
  it("computes the same, compiled or not: values, gradients, variables", {
    ignore: !tensorFlow(),
  }, () => {
    fc.assert(
      fc.property(program, (lines) => {
        const eager = train(lines, false), compiled = train(lines, true);
        eager.forEach((values, i) => {
          const size = Math.max(1e-3, Math.hypot(...values));
          const distance = Math.hypot(...values.map((value, j) => value - compiled[i][j]));
          assert(distance <= 1e-4 * size, `result ${i} is ${distance} off, of ${size}`);
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
