import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { OutOfMemoryError } from "specialist/internal/tensor/failure.ts";
import {
  attr,
  compile,
  DataType,
  rawOp,
  storedTensor,
  type Tensor,
  tensorFlow,
  tf,
  useBackend,
  variable,
} from "specialist/internal/tensor/mod.ts";
import { normal } from "../../tensors.ts";

await useBackend();
const withTensorFlow = { ignore: !tensorFlow() };

/** Without tfjs' own look at the shapes. */
const product = (a: Tensor, b: Tensor) => {
  const transposed = ["transpose_a", "transpose_b"].map((name) => attr.bool(name, false));
  return rawOp("MatMul", [attr.type("T", DataType.float32), ...transposed], [a, b], 1)[0];
};

/** Fails when it runs, and not before. */
const finite = (x: Tensor) =>
  rawOp("CheckNumerics", [attr.type("T", DataType.float32), attr.string("message", "")], [x], 1)[0];

const thisFile = import.meta.url;

describe("an op that TensorFlow refuses", withTensorFlow, () => {
  for (const mode of ["eager", "compiled"]) {
    it(`is named with its shapes and the line that asked for it: ${mode}`, () => {
      const run = mode === "eager" ? <T>(fn: T) => fn : compile;
      const fn = run((a: Tensor, b: Tensor) => product(a, b));
      const { message } = assertThrows(() => fn(normal([2, 3]), normal([4, 5])), Error);
      assertStringIncludes(message, "MatMul of float32 [2,3] and float32 [4,5]");
      assertStringIncludes(message, `at ${thisFile}`);
    });
  }

  for (const mode of ["eager", "compiled"]) {
    const run = mode === "eager" ? <T>(fn: T) => fn : compile;
    const type = attr.type("T", DataType.float32);

    it(`for its number of inputs or outputs would crash the process without a look: ${mode}`, () => {
      const x = normal([2]);
      const threefold = run(() => rawOp("AddV2", [type], [x, x, x], 1)[0]);
      assertThrows(threefold, Error, "More Input() calls than the 2");
      const twofold = run(() => rawOp("AddV2", [type], [x, x], 2)[1]);
      assertThrows(twofold, Error, "it has 1 outputs, not 2");
    });

    it(`is not blamed on what comes after it: ${mode}`, () => {
      const large = tf.neg(normal([300]));
      assertThrows(() => product(large, large), Error, "MatMul");
      assertEquals(run(() => tf.neg(large))().shape, [300]);
    });
  }

  it("is named as well where it fails inside a function that was traced before", () => {
    const fn = compile((x: Tensor) => tf.mul(finite(tf.log(x)), 2));
    assertEquals(fn(tf.ones([2, 2])).dataSync()[0], 0);
    const { message } = assertThrows(() => fn(tf.zeros([2, 2])), Error);
    assertStringIncludes(message, "CheckNumerics of float32 [2,2]");
    assertStringIncludes(message, `at ${thisFile}`);
    assertEquals(fn(tf.ones([2, 2])).dataSync()[0], 0);
  });
});

describe("what was disposed", withTensorFlow, () => {
  it("cannot be disposed again, nor read", () => {
    const { binding } = tensorFlow()!;
    const id = binding.createTensor([1], DataType.float32, [1]);
    binding.deleteTensor(id);
    assertThrows(() => binding.deleteTensor(id), Error, "was disposed");
    assertThrows(() => binding.tensorDataSync(id), Error, "was disposed");
  });

  it("is no input of an op or a function", () => {
    const gone = normal([2, 3]);
    gone.dispose();
    const disposed = "a tensor of shape [2,3] was disposed";
    assertThrows(() => finite(gone), Error, disposed);
    const fn = compile((x: Tensor) => tf.mul(x, 2));
    assertThrows(() => fn(gone), Error, disposed);
    fn(normal([2, 3]));
    assertThrows(() => fn(gone), Error, disposed);
    assertThrows(() => compile(() => gone)(), Error, disposed);
  });

  it("is no variable any more, not even in a function that has used it", () => {
    const gone = variable(tf.ones([3]));
    const read = compile(() => gone.read());
    assertEquals([...read().dataSync()], [1, 1, 1]);
    gone.dispose();
    const disposed = "a variable of shape [3] was disposed";
    assertThrows(() => gone.read(), Error, disposed);
    assertThrows(() => gone.assign(tf.ones([3])), Error, disposed);
    assertThrows(() => gone.dispose(), Error, disposed);
    assertThrows(read, Error, "a variable that it uses was disposed");
  });
});

describe("a compiled function", withTensorFlow, () => {
  it("neither makes nor disposes of a variable, which would happen in each run", () => {
    assertThrows(compile(() => variable(tf.ones([2])).read()), Error, "cannot make a variable");
    const kept = variable(tf.ones([2]));
    assertThrows(compile(() => kept.dispose()), Error, "cannot dispose of a variable");
    assertEquals([...kept.read().dataSync()], [1, 1]);
    kept.dispose();
  });

  it("lets no tensor of its graph be used elsewhere: the graph is gone", () => {
    let strayed: Tensor;
    compile((x: Tensor) => strayed = tf.keep(tf.add(x, 1)))(tf.ones([2]));
    const outside = "made while a function was traced, is used outside of it";
    assertThrows(() => finite(strayed), Error, outside);
    assertThrows(() => strayed.dataSync(), Error, outside);
    assertThrows(() => compile(() => finite(strayed))(), Error, outside);
    strayed!.dispose();
  });

  it("may see a tensor from outside disposed while it is traced", () => {
    const offset = normal([300]);
    const expected = Math.fround(1 + offset.dataSync()[7]);
    const fn = compile((x: Tensor) => {
      const sum = tf.add(x, offset);
      offset.dispose();
      return sum;
    });
    for (let i = 0; i < 2; i++) assertEquals(fn(tf.ones([300])).dataSync()[7], expected);
    assertThrows(() => offset.dataSync(), Error, "disposed");
  });
});

describe("memory that is not there", withTensorFlow, () => {
  it("is an error with the largest tensors and a remedy, and the next step is done", () => {
    const ones = tf.ones([1, 300]), weights = variable(ones);
    ones.dispose();
    const step = compile((x: Tensor) => {
      weights.assign(tf.mul(weights.read(), 2));
      return tf.mean(product(x, tf.transpose(x)));
    });
    const large = tf.ones([1_000_000, 1]);
    const { problem, message } = assertThrows(() => step(large), OutOfMemoryError);
    for (
      const part of [
        "MatMul of float32 [1000000,1] and float32 [1,1000000]",
        "no room for float [1000000,1000000], 4 TB",
        thisFile,
        "4 MB: 1 of float32 [1000000,1]",
        "1.2 kB: 1 of float32 [1,300]",
      ]
    ) assertStringIncludes(message, part);
    for (const part of ["smaller batch", "gradient checkpointing", "bfloat16"]) {
      assertStringIncludes(problem.remedy!, part);
    }
    assertEquals(step(tf.ones([3, 1])).dataSync()[0], 1);
    assert(weights.read().dataSync()[0] >= 2);
    large.dispose();
    weights.dispose();
  });

  it("is one too where a checkpoint's tensor has no room", () => {
    const stored = storedTensor({
      shape: [1_000_000, 1_000_000],
      type: "float32",
      fill: () => {},
      values: () => new Float32Array(),
      done: () => {},
    });
    assertThrows(() => tf.neg(stored), OutOfMemoryError, "no room for 4 TB");
    stored.dispose();
  });
});

describe("a second TensorFlow", withTensorFlow, () => {
  it("is refused by a process that has one, which would crash", async () => {
    const folder = await Deno.makeTempDir();
    for (const name of ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"]) {
      await Deno.writeTextFile(join(folder, name), "another copy");
    }
    const program = join(import.meta.dirname!, "..", "runtime", "library", "load_both.ts");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", program, folder],
    }).output();
    await Deno.remove(folder, { recursive: true });
    const said = new TextDecoder().decode(stdout);
    assertStringIncludes(said, "has loaded another copy of TensorFlow's library");
    assertStringIncludes(said, "restart the kernel");
  });
});
