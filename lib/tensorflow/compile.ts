/**
 * compile(fn): traces a function of tensors into one TensorFlow graph function per signature.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { tensorFlow, tfjs as tf } from "./backend.ts";
import { isEagerForced } from "./eager.ts";
import { addArgument, addNode, toFunction } from "./graph.ts";
import { retracingNotice } from "./retracing.ts";
import { AttributeType, type EagerHandle, execute, type GraphHandle } from "./runtime.ts";

/** Tensors, and plain data that holds tensors. Everything that is no tensor is static. */
// deno-lint-ignore no-explicit-any -- any nesting of records and arrays
export type Tree = any;

type Compiled = {
  name: string;
  captures: EagerHandle[];
  outputs: { shape: number[]; dtype: number }[];
  structure: Tree;
};

let compiledCount = 0;

/**
 * Runs `fn` as one graph function where the backend is TensorFlow, and as it is elsewhere.
 *
 * `fn` is traced once for each signature: shapes, types and the static parts of its arguments. Many
 * signatures of one function are reported.
 * Eager tensors it closes over become inputs whose values are those of the time of tracing.
 * Reading a tensor's value inside, or a shape that depends on values, throws.
 */
export function compile<A extends Tree[], R>(
  fn: (...args: A) => R,
): (...args: A) => R {
  const cache = new Map<string, Compiled>();
  return (...args: A): R => {
    const backend = tensorFlow();
    if (!backend || isEagerForced() || backend.binding.graph) {
      return tf.tidy(() => fn(...args) as never);
    }
    const inputs: Tensor[] = [];
    const signature = JSON.stringify(flatten(args, inputs));
    let compiled = cache.get(signature);
    if (!compiled) {
      cache.set(signature, compiled = trace(fn, args, inputs));
      const notice = retracingNotice(fn.name, [...cache.keys()]);
      if (notice) console.warn(notice);
    }
    return call(compiled, inputs) as R;
  };
}

/** Collects a tree's tensors; returns it with placeholders in their place. */
function flatten(tree: Tree, tensors: Tensor[]): Tree {
  if (tree instanceof tf.Tensor) {
    tensors.push(tree);
    return { tensor: tensors.length - 1, shape: tree.shape, dtype: tree.dtype };
  }
  if (Array.isArray(tree)) return tree.map((branch) => flatten(branch, tensors));
  if (tree !== null && typeof tree === "object") {
    return Object.fromEntries(
      Object.entries(tree).map(([key, branch]) => [key, flatten(branch, tensors)]),
    );
  }
  return tree;
}

/** The inverse of `flatten`. */
function unflatten(structure: Tree, tensors: Tensor[]): Tree {
  if (Array.isArray(structure)) return structure.map((branch) => unflatten(branch, tensors));
  if (structure !== null && typeof structure === "object") {
    if (typeof structure.tensor === "number") return tensors[structure.tensor];
    return Object.fromEntries(
      Object.entries(structure).map(([key, branch]) => [key, unflatten(branch, tensors)]),
    );
  }
  return structure;
}

function trace(fn: (...args: Tree[]) => unknown, args: Tree[], inputs: Tensor[]): Compiled {
  const backend = tensorFlow()!;
  const { binding } = backend;
  const { runtime } = binding;
  const eagerInputs = backend.getInputTensorIds(inputs).map(binding.lookup) as EagerHandle[];
  const { graph, result } = binding.trace((graph) => {
    let outputs: { handles: GraphHandle[]; structure: Tree };
    tf.tidy(() => {
      const placeholders = eagerInputs.map((input) =>
        backend.createOutputTensor(binding.metadata(addArgument(runtime, graph, input)))
      );
      const tensors: Tensor[] = [];
      const structure = flatten(
        fn(...unflatten(flatten(args, []), placeholders) as Tree[]),
        tensors,
      );
      const handles = backend.getInputTensorIds(tensors).map((id, i) =>
        addNode(
          runtime,
          graph,
          "Identity",
          [
            { name: "T", type: AttributeType.type, value: binding.lookup(id).dtype },
          ],
          [binding.lookup(id)],
          1,
        )[0] ?? tensors[i]
      );
      outputs = { handles, structure };
    });
    return outputs!;
  });
  const name = `compiled_${compiledCount++}`;
  toFunction(runtime, graph, name, result.handles);
  const captures = Array.from(graph.captures.values(), ({ outside }) => outside);
  return {
    name,
    captures,
    outputs: result.handles.map(({ shape, dtype }) => ({ shape, dtype })),
    structure: result.structure,
  };
}

function call({ name, captures, outputs, structure }: Compiled, inputs: Tensor[]): Tree {
  const backend = tensorFlow()!;
  const { binding } = backend;
  const eagerInputs = backend.getInputTensorIds(inputs).map(binding.lookup) as EagerHandle[];
  const pointers = execute(
    binding.runtime,
    name,
    [],
    [...eagerInputs, ...captures],
    outputs.length,
  );
  const tensors = pointers.map((pointer, i) =>
    backend.createOutputTensor(binding.metadata({ kind: "eager", pointer, ...outputs[i] }))
  );
  return unflatten(structure, tensors);
}
