import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compile, type Tensor, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  gelu,
  groupNorm,
  interpolate,
  layerNorm,
  linear,
  type Params,
  quickGelu,
  silu,
} from "specialist/models";
import {
  clipByGlobalNorm,
  createAdamW,
  createVariables,
  disposeVariables,
  readVariables,
  updateEma,
  valueAndGradients,
} from "specialist/training";
import { assertTensorsNear, normal } from "../tensors.ts";

await useBackend();

/** Fails unless two functions of parameters agree, and so do their gradients. */
function assertAgree(
  fn: (params: Params) => Tensor,
  plain: (params: Params) => Tensor,
  params: Params,
): void {
  assertTensorsNear(fn(params), plain(params), 1e-5);
  const dy = normal(fn(params).shape, 9);
  const gradients = (fn: (params: Params) => Tensor) =>
    valueAndGradients((params) => tf.sum(tf.mul(fn(params), dy)), params).gradients;
  const [own, expected] = [gradients(fn), gradients(plain)];
  for (const name of Object.keys(params)) assertTensorsNear(own[name], expected[name], 1e-5);
}

/** (x − mean) / √(variance + ε) over some axes. */
function normalized(x: Tensor, axes: number[], eps: number): Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, eps)));
}

describe("layers have the values and gradients of their formulas", () => {
  const affine = (params: Params, x: Tensor) =>
    tf.add(tf.mul(x, params["norm.weight"]), params["norm.bias"]);

  it("layerNorm", () =>
    assertAgree(
      (params) => layerNorm("norm", 8, 1e-3)(params, params.x),
      (params) => affine(params, normalized(params.x, [2], 1e-3)),
      { x: normal([2, 3, 8]), "norm.weight": normal([8], 2), "norm.bias": normal([8], 3) },
    ));

  for (const groups of [1, 2, 6]) {
    it(`groupNorm of ${groups} groups`, () =>
      assertAgree(
        (params) => groupNorm("norm", 6, { groups, eps: 1e-3 })(params, params.x),
        (params) => {
          const grouped = tf.reshape(params.x, [2, 5, 4, groups, 6 / groups]);
          return affine(params, tf.reshape(normalized(grouped, [1, 2, 4], 1e-3), [2, 5, 4, 6]));
        },
        { x: normal([2, 5, 4, 6]), "norm.weight": normal([6], 2), "norm.bias": normal([6], 3) },
      ));
  }

  const tanhGelu = (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

  it("silu", () =>
    assertAgree(({ x }) => silu(x), ({ x }) => tf.mul(x, tf.sigmoid(x)), { x: normal([50]) }));

  it("quickGelu", () =>
    assertAgree(
      ({ x }) => quickGelu(x),
      ({ x }) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
      { x: normal([50]) },
    ));

  it("gelu, which its approximation by tanh is near", () => {
    const x = normal([50]).dataSync();
    gelu(tf.tensor1d(x)).dataSync().forEach((value, i) =>
      assertAlmostEquals(value, tanhGelu(x[i]), 1e-3)
    );
  });

  it("linear with low-rank adapters: W x + b + s B (A x)", () =>
    assertAgree(
      (params) => linear("proj", 5, 4)(params, params.x),
      (params) => {
        const { x } = params;
        const update = tf.matMul(params["proj.lora.up.weight"], params["proj.lora.down.weight"]);
        const weight = tf.add(params["proj.weight"], tf.mul(update, params["proj.lora.scale"]));
        const y = tf.matMul(tf.reshape(x, [-1, 5]), weight, false, true);
        return tf.reshape(tf.add(y, params["proj.bias"]), [2, 3, 4]);
      },
      {
        x: normal([2, 3, 5]),
        "proj.weight": normal([4, 5], 2),
        "proj.bias": normal([4], 3),
        "proj.lora.down.weight": normal([2, 5], 4),
        "proj.lora.up.weight": normal([4, 2], 5),
        "proj.lora.scale": tf.scalar(0.5),
      },
    ));

  it("a layer whose parameters are missing is named", () =>
    void assertThrows(() => layerNorm("norm", 8)({}, normal([2, 8])), Error, '"norm.weight"'));
});

describe("AdamW", () => {
  const initial: Record<string, number[]> = { a: [1, -2, 3], b: [0.5] };
  const config = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1 } as const;
  const rateOf = (name: string) => name === "a" ? 1 : 0.5;
  const rates = [0.1, 0.05, 0.2, 0.1];

  /** Gradients of step k: of both parameters, or from the third step on of `a` alone. */
  const gradientsOf = (step: number): Record<string, number[]> =>
    step < 3 ? { a: [step, -0.5, 0.01 * step], b: [2 - step] } : { a: [-1, 2, 0] };

  /** The parameters after all steps, as the optimizer updates them on the backend in use. */
  function optimized(compiled: boolean): Record<string, number[]> {
    const tensors = (values: Record<string, number[]>): Params =>
      Object.fromEntries(Object.entries(values).map(([name, v]) => [name, tf.tensor1d(v)]));
    const variables = createVariables(tensors(initial));
    const adamw = createAdamW(variables, { ...config, betas: [...config.betas], rateOf });
    const update = compiled ? compile(adamw.update) : adamw.update;
    rates.forEach((rate, i) => update(tensors(gradientsOf(i + 1)), adamw.scalars(i + 1, rate)));
    const { a, b } = readVariables(variables);
    const values = { a: [...a.dataSync()], b: [...b.dataSync()] };
    adamw.dispose();
    disposeVariables(variables);
    return values;
  }

  /** Algorithm 2 of the paper as PyTorch writes it, in numbers. */
  function expected(): Record<string, number[]> {
    const { betas: [beta1, beta2], epsilon, weightDecay } = config;
    return Object.fromEntries(
      Object.entries(initial).map(([name, values]) => [
        name,
        values.map((start, element) => {
          let [w, m, v] = [start, 0, 0];
          rates.map((rate) => rate * rateOf(name)).forEach((rate, i) => {
            const g = gradientsOf(i + 1)[name]?.[element];
            if (g === undefined) return;
            w *= 1 - rate * weightDecay;
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * g * g;
            const corrected = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
            w -= rate * corrected[0] / (Math.sqrt(corrected[1]) + epsilon);
          });
          return w;
        }),
      ]),
    );
  }

  function assertExpected(values: Record<string, number[]>): void {
    for (const [name, numbers] of Object.entries(expected())) {
      numbers.forEach((value, i) => assertAlmostEquals(values[name][i], value, 1e-5));
    }
  }

  it("follows its formula, eager", () => assertExpected(optimized(false)));

  it("follows its formula, compiled", () => assertExpected(optimized(true)));

  it("follows its formula on backends without TensorFlow's kernel", async () => {
    const backend = tf.getBackend();
    await tf.setBackend("cpu");
    try {
      assertExpected(optimized(true));
    } finally {
      await tf.setBackend(backend);
    }
  });

  for (const compiled of [false, true]) {
    it(`keeps no tensors, and leaves those it began with: ${compiled ? "compiled" : "eager"}`, () => {
      const [weights, gradients] = [{ w: normal([4]) }, { w: normal([4], 2) }];
      const before = [...weights.w.dataSync()];
      const variables = createVariables(weights);
      const adamw = createAdamW(variables);
      const update = compiled ? compile(adamw.update) : adamw.update;
      const scalars = adamw.scalars(1, 0.1);
      update(gradients, scalars);
      const live = tf.memory().numTensors;
      update(gradients, scalars);
      assertEquals(tf.memory().numTensors, live);
      assertEquals([...weights.w.dataSync()], before);
      adamw.dispose();
      disposeVariables(variables);
    });
  }
});

describe("variables", () => {
  it("are followed by their moving average", () => {
    const [weights, shadows] = [1, 5].map((value) => createVariables({ w: tf.fill([2], value) }));
    const step = compile((decay: Tensor) => updateEma(shadows, weights, decay));
    step(tf.scalar(0.75));
    assertEquals([...readVariables(shadows).w.dataSync()], [4, 4]);
    assertEquals([...readVariables(weights).w.dataSync()], [1, 1]);
    disposeVariables(weights);
    disposeVariables(shadows);
  });
});

describe("clipping by the global norm", () => {
  const gradients = { a: tf.tensor1d([3]), b: tf.tensor1d([0, 4]) };

  it("scales all gradients alike where their norm is too large", () => {
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 1);
    assertEquals(norm.dataSync()[0], 5);
    assertTensorsNear(clipped.a, tf.tensor1d([0.6]), 1e-5);
    assertTensorsNear(clipped.b, tf.tensor1d([0, 0.8]), 1e-5);
  });

  it("leaves small ones", () => {
    const { gradients: clipped } = clipByGlobalNorm(gradients, 10);
    assertEquals([...clipped.a.dataSync()], [3]);
    assert(clipped.b.dataSync()[1] === 4);
  });
});

describe("weights between two models", () => {
  it("begin at the one, end at the other, and are the mean half-way", () => {
    const [from, to] = [{ w: normal([2, 3], 1) }, { w: normal([2, 3], 2) }];
    assertTensorsNear(interpolate(from, to, 0).w, from.w, 0);
    assertTensorsNear(interpolate(from, to, 1).w, to.w, 1e-6);
    assertTensorsNear(interpolate(from, to, 0.5).w, tf.div(tf.add(from.w, to.w), 2), 1e-6);
  });
});
