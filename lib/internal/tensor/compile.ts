/**
 * compile(fn): traces a function of tensors into one TensorFlow graph function per signature.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { idsOf, tensorFlow, tfjs as tf } from "./backend.ts";
import { type Attempt, callSite } from "./failure.ts";
import { addArgument, addNode, deleteGraph, toFunction } from "./graph.ts";
import { AttributeType, type EagerHandle, type GraphHandle } from "./handles.ts";
import { execute, type Locate } from "./runtime.ts";

/** Tensors, and plain data that holds tensors. Everything else is static. */
// deno-lint-ignore no-explicit-any -- any nesting of records and arrays
type Tree = any;

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
    return call(compiled, inputs, (message) => locate(fn, args, inputs, message)) as R;
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

type Traceable = (...args: Tree[]) => unknown;

function trace(fn: Traceable, args: Tree[], inputs: Tensor[]): Compiled {
  const { runtime } = tensorFlow()!.binding;
  const { graph, result } = traceGraph(fn, args, inputs);
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

/** @param node to be found */
function traceGraph(fn: Traceable, args: Tree[], inputs: Tensor[], node?: string) {
  const backend = tensorFlow()!;
  const { binding } = backend;
  const { runtime } = binding;
  const eagerInputs = idsOf(inputs).map(binding.lookup) as EagerHandle[];
  return binding.trace((graph) => {
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
      const handles = idsOf(tensors).map((id, i) =>
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
  }, node);
}

/**
 * The op behind the node that TensorFlow's message names, or the function itself where that cannot be
 * told. A graph does not know where its nodes come from: the function is traced again to see.
 */
function locate(fn: Traceable, args: Tree[], inputs: Tensor[], message: string): Attempt {
  const node = /\{\{node (?:\S+\/)?(\w+)\}\}/.exec(message)?.[1];
  const itself = { op: fn.name || "a compiled function", inputs: [], site: callSite() };
  if (node === undefined) return itself;
  try {
    const { graph } = traceGraph(fn, args, inputs, node);
    deleteGraph(tensorFlow()!.binding.runtime, graph);
    return graph.sought?.found ?? itself;
  } catch {
    return itself;
  }
}

function call(
  { name, captures, outputs, structure }: Compiled,
  inputs: Tensor[],
  locate: Locate,
): Tree {
  const backend = tensorFlow()!;
  const { binding } = backend;
  const eagerInputs = idsOf(inputs).map(binding.lookup) as EagerHandle[];
  const pointers = execute(
    binding.runtime,
    name,
    [],
    [...eagerInputs, ...captures],
    outputs.length,
    locate,
  );
  const tensors = pointers.map((pointer, i) =>
    backend.createOutputTensor(binding.metadata({ kind: "eager", pointer, ...outputs[i] }))
  );
  return unflatten(structure, tensors);
}

/**
 * `create`, called once for each key: a compiled function per model configuration is traced once, however
 * many callers ask for it. A key that is no longer used takes its result with it.
 */
export function memoized<Key extends object, Value>(
  create: (key: Key) => Value,
): (key: Key) => Value {
  const created = new WeakMap<Key, Value>();
  return (key) => {
    if (!created.has(key)) created.set(key, create(key));
    return created.get(key)!;
  };
}

/** The number of traces of one function that is reported: each costs as much as many steps. */
const noticeable = 8;

/**
 * A line about a function that is traced again and again, with what was new in the last signature;
 * undefined as long as that is nothing unusual.
 *
 * @param signatures all that it has been traced for, as JSON, the last one new
 */
function retracingNotice(name: string, signatures: readonly string[]): string | undefined {
  if (signatures.length < noticeable) return undefined;
  const [earlier, latest] = signatures.slice(-2).map((signature) => JSON.parse(signature));
  const change = firstChange(earlier, latest) ?? "its arguments";
  return `compile(): ${name || "a function"} has been traced ${signatures.length} times, ` +
    `the last time for ${change}; give what changes from call to call as tensors of fixed shapes`;
}

/** Where two trees first differ, as "1.shape.0: 3 instead of 2". */
function firstChange(before: unknown, after: unknown, path: string[] = []): string | undefined {
  if (isTree(before) && isTree(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const change = firstChange(before[key], after[key], [...path, key]);
      if (change) return change;
    }
    return undefined;
  }
  if (before === after) return undefined;
  return `${path.join(".")}: ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

let forced = false;

/**
 * Turns compilation off: each op runs by itself, slower, and an error's stack shows the line that
 * called it.
 */
export function forceEager(on = true): void {
  forced = on;
}

export function isEagerForced(): boolean {
  return forced;
}
