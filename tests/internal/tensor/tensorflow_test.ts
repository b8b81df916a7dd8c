import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  attr,
  compile,
  conv2d,
  DataType,
  forceEager,
  gather,
  matmul,
  precisions,
  rawOp,
  type StoredNumbers,
  storedTensor,
  type Tensor,
  tensorFlow,
  tf,
  useBackend,
  variable,
  withPrecision,
} from "specialist/internal/tensor/mod.ts";
import { bfloatsToFloats, floatsToBfloats } from "specialist/models/files/dtypes.ts";
import { assertTensorsNear, normal } from "../../tensors.ts";

await useBackend();
const withoutGraphs = { ignore: !tensorFlow() };

describe("compile()", () => {
  it("computes what the function does, in any nesting of arguments and results", () => {
    const fn = compile(({ a, rest }: { a: Tensor; rest: [Tensor, number] }) => ({
      sum: tf.add(a, rest[0]),
      scaled: [tf.mul(a, rest[1])],
      factor: rest[1],
    }));
    const result = fn({ a: tf.tensor1d([1, 2]), rest: [tf.tensor1d([3, 4]), 10] });
    assertEquals([...result.sum.dataSync()], [4, 6]);
    assertEquals([...result.scaled[0].dataSync()], [10, 20]);
    assertEquals(result.factor, 10);
  });

  it("updates variables in place, in the order written", () => {
    const count = variable(tf.zeros([2]));
    const step = compile((by: Tensor) => {
      const before = count.read();
      count.assign(tf.add(before, by));
      const between = count.read();
      count.assign(tf.mul(between, 2));
      return { before, between };
    });
    step(tf.scalar(1));
    const { before, between } = step(tf.scalar(10));
    assertEquals([...before.dataSync()], [2, 2]);
    assertEquals([...between.dataSync()], [12, 12]);
    assertEquals([...count.read().dataSync()], [24, 24]);
    count.dispose();
  });

  it("leaves a variable's initial tensor alone", () => {
    const initial = tf.tensor1d([1, 2]);
    const changed = variable(initial);
    compile(() => changed.assign(tf.zeros([2])))();
    assertEquals([...initial.dataSync()], [1, 2]);
    changed.dispose();
  });

  it("keeps no tensors but its results", () => {
    const fn = compile((x: Tensor) => tf.sum(tf.mul(tf.add(x, 1), x)));
    const x = normal([3]);
    fn(x).dispose();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) fn(x).dispose();
    assertEquals(tf.memory().numTensors, before);
  });

  it("may be called by a compiled function", () => {
    const square = compile((x: Tensor) => tf.square(x));
    const twice = compile((x: Tensor) => square(square(x)));
    assertEquals(twice(tf.scalar(3)).dataSync()[0], 81);
  });

  it("traces once for each signature", withoutGraphs, () => {
    let traces = 0;
    const fn = compile((x: Tensor, { power }: { power: number }) => {
      traces++;
      return tf.pow(x, power);
    });
    const seen = [
      [tf.ones([2]), 2],
      [tf.zeros([2]), 2],
      [tf.zeros([3]), 2], // another shape
      [tf.zeros([2], "int32"), 2], // another type
      [tf.zeros([2]), 3], // another static part
      [tf.ones([3]), 2],
    ].map(([x, power]) => {
      fn(x as Tensor, { power: power as number });
      return traces;
    });
    assertEquals(seen, [1, 1, 2, 3, 4, 4]);
  });

  it("says so when a function is traced again and again", withoutGraphs, () => {
    const { warn } = console;
    const notices: string[] = [];
    console.warn = (line: string) => notices.push(line);
    try {
      const double = compile(function double(x: Tensor) {
        return tf.mul(x, 2);
      });
      for (let n = 1; n <= 9; n++) double(tf.ones([n]));
    } finally {
      console.warn = warn;
    }
    assertEquals(notices.length, 2);
    assertStringIncludes(notices[1], "double has been traced 9 times");
    assertStringIncludes(notices[1], "0.shape.0: 9 instead of 8");
  });

  it("runs as it is where that is forced", withoutGraphs, () => {
    let runs = 0;
    const fn = compile((x: Tensor) => {
      runs++;
      return tf.scalar(tf.sum(x).dataSync()[0]);
    });
    forceEager();
    try {
      for (let i = 0; i < 3; i++) assertEquals(fn(tf.ones([2])).dataSync()[0], 2);
    } finally {
      forceEager(false);
    }
    assertEquals(runs, 3);
  });

  it("keeps the values that closed-over tensors had", withoutGraphs, () => {
    const offset = normal([300]);
    const expected = offset.dataSync()[299] + 1;
    const fn = compile((x: Tensor) => tf.add(x, offset));
    fn(tf.ones([300]));
    offset.dispose();
    assertEquals(fn(tf.ones([300])).dataSync()[299], Math.fround(expected));
  });

  it("refuses to read a value inside, and works on after that", withoutGraphs, () => {
    const reads = compile((x: Tensor) => tf.scalar(tf.sum(x).dataSync()[0]));
    assertThrows(() => reads(tf.ones([2])), Error, "cannot read the value of a tensor");
    const sum = compile((x: Tensor) => tf.sum(x));
    assertEquals(sum(tf.ones([2])).dataSync()[0], 2);
  });

  it("refuses a shape that depends on values", withoutGraphs, () => {
    const where = compile((mask: Tensor) =>
      rawOp("Where", [attr.type("T", DataType.bool)], [mask], 1)[0]
    );
    assertThrows(
      () => where(tf.tensor1d([1, 0], "bool")),
      Error,
      "the shape of the result of Where depends on values",
    );
  });
});

describe("gather", () => {
  const table = normal([5, 3]), indices = tf.tensor2d([[0, 4, 4], [1, 0, 4]], [2, 3], "int32");
  const dy = normal([2, 3, 3]);
  const byProduct = (table: Tensor) =>
    tf.reshape(tf.matMul(tf.reshape(tf.oneHot(indices, 5), [6, 5]), table), [2, 3, 3]);

  for (const mode of ["eager", "compiled"]) {
    it(`takes rows, and adds up the gradients of those taken more than once: ${mode}`, () => {
      const run = mode === "eager" ? <T>(fn: T) => fn : compile;
      const rows = run(() => gather(table, indices))();
      assertTensorsNear(rows, byProduct(table), 1e-6);
      const gradient = run(() => tf.grad((table) => gather(table, indices))(table, dy))();
      assertTensorsNear(gradient, tf.grad(byProduct)(table, dy), 1e-6);
    });
  }
});

/** bfloat16 keeps 8 bits of each factor; sums of many products are as precise, relative to all. */
const bfloat16Share = 0.01;

/** A product's result, and its gradients along `dy`. */
type Product = (a: Tensor, b: Tensor) => Tensor;
function resultAndGradients(product: Product, a: Tensor, b: Tensor): Tensor[] {
  const result = product(a, b);
  return [result, ...tf.grads(product)([a, b], normal(result.shape, 9))];
}

describe("products in bfloat16 are near those in float32, and so are their gradients", () => {
  const check = (product: Product, a: Tensor, b: Tensor) => {
    const [full, reduced] = precisions.map((precision) =>
      withPrecision(precision, () => resultAndGradients(product, a, b))
    );
    full.forEach((tensor, i) => assertTensorsNear(reduced[i], tensor, bfloat16Share));
    if (tensorFlow()) assert(reduced[0].dataSync()[0] !== full[0].dataSync()[0]);
  };

  for (const stride of [1, 2]) {
    for (const padding of ["same", "valid"] as const) {
      it(`conv2d of stride ${stride}, padding ${padding}`, () =>
        check(
          (x, filter) => conv2d(x, filter, { stride, padding }),
          normal([2, 7, 6, 5]),
          normal([3, 3, 5, 4], 2),
        ));
    }
  }
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`matmul, transposed: ${transposeA}, ${transposeB}`, () =>
        check(
          (a, b) => matmul(a, b, { transposeA, transposeB }),
          normal(transposeA ? [6, 4] : [4, 6]),
          normal(transposeB ? [3, 6] : [6, 3], 2),
        ));
    }
  }

  for (const precision of precisions) {
    it(`a bias is added to a product in ${precision}, and has the gradient of an addition`, () =>
      withPrecision(precision, () => {
        const bias = normal([4], 3);
        const image: Tensor[] = [normal([2, 5, 5, 3]), normal([3, 3, 3, 4], 2)];
        const rows: Tensor[] = [normal([6, 3]), normal([3, 4], 2)];
        const pairs = [
          [(b: Tensor) => conv2d(image[0], image[1], { bias: b }), conv2d(image[0], image[1])],
          [(b: Tensor) => matmul(rows[0], rows[1], { bias: b }), matmul(rows[0], rows[1])],
        ] as const;
        for (const [withBias, without] of pairs) {
          assertTensorsNear(withBias(bias), tf.add(without, bias), bfloat16Share);
          const gradient = tf.grad((b) => tf.sum(withBias(b)))(bias);
          const count = without.size / 4;
          assertTensorsNear(gradient, tf.fill([4], count), 1e-6);
        }
      }));
  }

  it("and only where that was asked for", () => {
    const [a, b] = [normal([4, 6]), normal([6, 3], 2)];
    const before = matmul(a, b).dataSync();
    assertThrows(() =>
      withPrecision("bfloat16", () => {
        throw new Error("stopped");
      })
    );
    assertEquals(matmul(a, b).dataSync(), before);
  });
});

describe("a stored tensor", () => {
  const numbers = [1, -2, 0.5, 4, 0, 65504];
  const arrays = {
    float64: new Float64Array(numbers),
    float32: new Float32Array(numbers),
    float16: new Float16Array(numbers),
    bfloat16: floatsToBfloats(numbers),
  };
  const stored = (type: keyof typeof arrays, more: Partial<StoredNumbers> = {}) => {
    const calls = { read: 0, done: 0 };
    const tensor = storedTensor({
      shape: [2, 3],
      type,
      fill(bytes, offset) {
        calls.read++;
        bytes.set(new Uint8Array(arrays[type].buffer, offset, bytes.length));
      },
      values() {
        calls.read++;
        return type === "bfloat16"
          ? bfloatsToFloats(arrays.bfloat16)
          : Float32Array.from(arrays[type]);
      },
      done: () => calls.done++,
      ...more,
    });
    return { tensor, calls };
  };

  for (const type of ["float64", "float32", "float16", "bfloat16"] as const) {
    it(`has the numbers that lie there as ${type}, its axes in any order`, () => {
      const expected = type === "bfloat16" ? [1, -2, 0.5, 4, 0, 65536] : numbers;
      assertEquals([...stored(type).tensor.dataSync()], expected);
      const { tensor } = stored(type, { axes: [1, 0] });
      assertEquals(tensor.shape, [3, 2]);
      assertEquals([...tensor.dataSync()], [0, 3, 1, 4, 2, 5].map((i) => expected[i]));
    });
  }

  it("is read when it is first needed, once, be it by a function that is being traced", () => {
    const { tensor, calls } = stored("float16", { axes: [1, 0] });
    if (tensorFlow()) assertEquals(calls, { read: 0, done: 0 });
    const doubled = compile(() => tf.mul(tensor, 2));
    assertEquals([...doubled().dataSync()], [2, 8, -4, 0, 1, 131008]);
    assertEquals(tf.add(tensor, doubled()).shape, [3, 2]);
    tensor.dispose();
    assertEquals(calls, { read: 1, done: 1 });
  });

  it("is not read where it is not needed", withoutGraphs, () => {
    const { tensor, calls } = stored("float32");
    tensor.dispose();
    assertEquals(calls, { read: 0, done: 1 });
  });

  it(
    "is checked by its sum, which is too large only where the numbers are asked",
    withoutGraphs,
    () => {
      const values = () => {
        throw new Error("asked");
      };
      assertEquals(stored("float32", { values }).tensor.dataSync().length, 6);
      for (const bad of [NaN, -Infinity, 1e300]) {
        arrays.float64[4] = bad;
        const { tensor } = stored("float64", { axes: [1, 0], values });
        assertThrows(() => tensor.dataSync(), Error, "asked");
      }
      arrays.float64.fill(3e38);
      assertEquals(stored("float64").tensor.dataSync()[0], Math.fround(3e38));
      arrays.float64.set(numbers);
    },
  );

  it("throws what reading throws, each time it is asked for", withoutGraphs, () => {
    const { tensor } = stored("float32", {
      fill() {
        throw new Error("cut short");
      },
    });
    for (let i = 0; i < 2; i++) assertThrows(() => tensor.dataSync(), Error, "cut short");
  });
});
