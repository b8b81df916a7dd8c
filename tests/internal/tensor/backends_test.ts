import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { createRequire } from "node:module";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { plainBackend, wasmBackend } from "specialist/internal/tensor/fallbacks.ts";
import {
  type Backend,
  chooseBackend,
  explainChoice,
} from "specialist/internal/tensor/choose_backend.ts";
import { threadBudget } from "specialist/internal/tensor/machine.ts";
import { backendChecks, backendsFor } from "specialist/internal/tensor/mod.ts";

const tf: typeof import("@tensorflow/tfjs") = createRequire(import.meta.url)("@tensorflow/tfjs");

describe("the backends", () => {
  it("takes the first backend that works, and does not touch those below", async () => {
    const touched: string[] = [];
    const candidates = [
      backend("CUDA", "no NVIDIA driver"),
      backend("TensorFlow", true, () => Promise.resolve("TensorFlow 2.21.0 on CPU, 2 threads")),
      backend("WASM", true, () => Promise.resolve(`${touched.push("WASM")}`)),
    ];
    const choice = await chooseBackend(candidates);
    assertEquals(choice.name, "TensorFlow");
    assertEquals(touched, []);
    assertEquals(
      explainChoice(choice),
      "TensorFlow 2.21.0 on CPU, 2 threads (CUDA: no NVIDIA driver)",
    );
  });

  it("falls back where a backend does not start, with its reason in one line", async () => {
    const choice = await chooseBackend([
      backend("TensorFlow", true, () => Promise.reject(new Error("not downloaded\ndetails"))),
      backend("WebGPU", "no GPU"),
      backend("WASM", true),
    ]);
    assertEquals(explainChoice(choice), "WASM (TensorFlow: not downloaded; WebGPU: no GPU)");
  });

  it("explains nothing where the best backend works", async () => {
    assertEquals(explainChoice(await chooseBackend([backend("CUDA", true)])), "CUDA");
  });

  it("stops at wrong settings rather than compute slowly without a word", async () => {
    const wrong: Backend = {
      ...backend("TensorFlow", true),
      available: () => Promise.reject(new Error("SPECIALIST_TENSORFLOW is wrong")),
    };
    await assertRejects(() => chooseBackend([wrong, backend("WASM", true)]), Error, "is wrong");
  });

  it("names every reason where nothing works", async () => {
    const candidates = [backend("CUDA", "no NVIDIA driver"), backend("WASM", "not installed")];
    await assertRejects(() => chooseBackend(candidates), Error, "WASM: not installed");
  });

  it("goes from CUDA down to plain JavaScript", () => {
    const order = ["CUDA", "TensorFlow", "WebGPU", "WASM", "JavaScript"];
    const open = () => Promise.reject(new Error("not opened"));
    assertEquals(backendsFor(tf, open).map(({ name }) => name), order);
    assertEquals(backendChecks.map(({ name }) => name), order);
  });
});

describe("the WASM backend", () => {
  for (const [strides, pad] of [[1, "same"], [2, "same"], [2, "valid"], [1, 1]] as const) {
    it(`has the gradient of a convolution's filter (stride ${strides}, padding ${pad})`, async () => {
      const loss = (filter: typeof tf.Tensor.prototype) =>
        tf.sum(
          tf.square(
            tf.conv2d(numbers([2, 7, 6, 3]) as never, filter as never, strides, pad),
          ),
        );
      await assertSameOnWasm(() => tf.grad(loss)(numbers([3, 3, 3, 4])));
    });
  }

  it("has the gradient of looking up rows", async () => {
    await assertSameOnWasm(() => {
      const rows = tf.tensor2d([[0, 4, 4], [1, 0, 4]], [2, 3], "int32");
      return tf.grad((table) => tf.sum(tf.square(tf.gather(table, rows))))(numbers([5, 3]));
    });
  });
});

function backend(
  name: string,
  verdict: true | string,
  activate = () => Promise.resolve(name),
): Backend {
  return { name, available: () => Promise.resolve(verdict), activate };
}

/** Fixed numbers between -1 and 1. */
function numbers(shape: number[]) {
  const count = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => Math.sin(7 * i + 1)), shape);
}

/** Computes on both backends, counts tensors, and compares. */
async function assertSameOnWasm(compute: () => typeof tf.Tensor.prototype): Promise<void> {
  const results: number[][] = [];
  for (const { activate } of [plainBackend(tf), wasmBackend(tf)]) {
    await activate();
    const before = tf.memory().numTensors;
    results.push(tf.tidy(() => [...compute().dataSync()]));
    assertEquals(tf.memory().numTensors, before);
  }
  const [expected, found] = results;
  assertEquals(found.length, expected.length);
  assert(expected.some((value) => value !== 0));
  expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-4));
}

describe("the number of threads", () => {
  const variable = "SPECIALIST_THREADS";
  afterEach(() => Deno.env.delete(variable));

  it("is that of the cores, or what is asked for", () => {
    assertEquals(threadBudget(), navigator.hardwareConcurrency);
    Deno.env.set(variable, "3");
    assertEquals(threadBudget(), 3);
  });

  it("is refused where it is no count", () => {
    for (const text of ["0", "-1", "1.5", "many"]) {
      Deno.env.set(variable, text);
      assertThrows(() => threadBudget(), UserError, variable);
    }
  });
});
