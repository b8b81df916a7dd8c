/**
 * A TensorFlow graph under construction, and the function made of it. While a graph is being
 * traced, ops become its nodes; eager tensors that they touch become inputs ("captures").
 */
import { internedCString, outputStruct, outputStructs, type Pointer } from "./capi.ts";
import { type Attempt, callSite } from "./failure.ts";
import {
  type Attribute,
  AttributeType,
  DataType,
  type EagerHandle,
  type GraphHandle,
  type Handle,
  type Values,
} from "./handles.ts";
import { check, requireOutputs, type Runtime } from "./runtime.ts";
import { newTensor } from "./tensors.ts";

/** A graph being traced. */
export type Graph = {
  pointer: Pointer;
  /** No other graph's. */
  id: number;
  /** How many nodes there are; also the next node's name. */
  nodes: number;
  arguments: GraphHandle[];
  /** Inputs that hold a value from outside: the placeholder, and a handle of the graph's own. */
  captures: Map<EagerHandle, { inside: GraphHandle; outside: EagerHandle }>;
  constants: Map<EagerHandle, GraphHandle>;
  /** The last operation that touched each resource: reads and updates keep their order. */
  lastUse: Map<GraphHandle, Pointer>;
  /** Operations that must run although no output needs them: updates of variables. */
  effects: Pointer[];
  /** What is to be told of a node: the op, its inputs, and the line that added it. */
  sought?: { node: string; found?: Attempt };
};

let graphCount = 0;

/** Which inputs of an op form one list: all of them, or all but the last. */
const listInputs: Record<string, "all" | "all but last"> = {
  AddN: "all",
  ConcatV2: "all but last",
  Einsum: "all",
  IdentityN: "all",
  Pack: "all",
};

/** @param node to be found */
export function newGraph({ api }: Runtime, node?: string): Graph {
  return {
    pointer: api.TF_NewGraph(),
    id: graphCount++,
    nodes: 0,
    arguments: [],
    captures: new Map(),
    constants: new Map(),
    lastUse: new Map(),
    effects: [],
    ...node !== undefined && { sought: { node } },
  };
}

/** Frees a graph, and the handles of its own. */
export function deleteGraph({ api }: Runtime, graph: Graph): void {
  for (const { outside } of graph.captures.values()) api.TFE_DeleteTensorHandle(outside.pointer);
  api.TF_DeleteGraph(graph.pointer);
}

function newOperation(
  { api }: Runtime,
  graph: Graph,
  op: string,
  inputs: readonly Handle[] = [],
): Pointer {
  const name = `${op}_${graph.nodes++}`;
  if (name === graph.sought?.node) graph.sought.found = { op, inputs, site: callSite() };
  return api.TF_NewOperation(
    graph.pointer,
    internedCString(op),
    new TextEncoder().encode(`${name}\0`),
  );
}

function finish(
  runtime: Runtime,
  operation: Pointer,
  op: string,
  inputs?: readonly Handle[],
): Pointer {
  const finished = runtime.api.TF_FinishOperation(operation, runtime.status);
  check(runtime, op, inputs);
  return finished;
}

/** A graph input of the given type. */
function placeholder(runtime: Runtime, graph: Graph, shape: number[], dtype: number): GraphHandle {
  const { api } = runtime;
  const operation = newOperation(runtime, graph, "Placeholder");
  api.TF_SetAttrType(operation, internedCString("dtype"), dtype);
  api.TF_SetAttrShape(
    operation,
    internedCString("shape"),
    new BigInt64Array(shape.map(BigInt)),
    shape.length,
  );
  const pointer = finish(runtime, operation, "Placeholder");
  return { kind: "graph", graph: graph.id, operation: pointer, index: 0, shape, dtype };
}

/** Adds an argument of the function. */
export function addArgument(runtime: Runtime, graph: Graph, like: EagerHandle): GraphHandle {
  const handle = placeholder(runtime, graph, like.shape, like.dtype);
  graph.arguments.push(handle);
  return handle;
}

function addConstant(
  runtime: Runtime,
  graph: Graph,
  shape: number[],
  dtype: number,
  values: Values,
): GraphHandle {
  const { api, status } = runtime;
  const tensor = newTensor(runtime, shape, dtype, values);
  const operation = newOperation(runtime, graph, "Const");
  api.TF_SetAttrType(operation, internedCString("dtype"), dtype);
  api.TF_SetAttrTensor(operation, internedCString("value"), tensor, status);
  api.TF_DeleteTensor(tensor);
  const pointer = finish(runtime, operation, "Const");
  return { kind: "graph", graph: graph.id, operation: pointer, index: 0, shape, dtype };
}

/** The graph's stand-in for an eager tensor: a constant when it is small, an input otherwise. */
function capture(runtime: Runtime, graph: Graph, handle: EagerHandle): GraphHandle {
  const { shape, dtype, values } = handle;
  if (values) {
    let constant = graph.constants.get(handle);
    if (!constant) {
      constant = addConstant(runtime, graph, shape, dtype, values);
      graph.constants.set(handle, constant);
    }
    return constant;
  }
  let captured = graph.captures.get(handle);
  if (!captured) {
    const { api, status } = runtime;
    const pointer = api.TFE_TensorHandleCopySharingTensor(handle.pointer, status);
    check(runtime, "TFE_TensorHandleCopySharingTensor");
    captured = {
      inside: placeholder(runtime, graph, shape, dtype),
      outside: { kind: "eager", pointer, shape, dtype },
    };
    graph.captures.set(handle, captured);
  }
  return captured.inside;
}

/**
 * Adds `op` as a node and answers with its outputs, their shapes as TensorFlow infers them.
 * Throws when a shape depends on values.
 *
 * @param after what must be known before it runs, besides its inputs
 */
export function addNode(
  runtime: Runtime,
  graph: Graph,
  op: string,
  attributes: Attribute[],
  inputs: Handle[],
  outputCount: number,
  after?: Handle,
): GraphHandle[] {
  const { api } = runtime;
  const handles = inputs.map((h) => h.kind === "graph" ? h : capture(runtime, graph, h));
  const operation = newOperation(runtime, graph, op, inputs);
  const list = listInputs[op];
  const listed = list === "all" ? handles.length : list ? handles.length - 1 : 0;
  if (listed > 0) {
    api.TF_AddInputList(operation, outputStructs(handles.slice(0, listed)), listed);
  }
  for (const handle of handles.slice(listed)) {
    api.TF_AddInput(operation, outputStruct(handle.operation, handle.index));
  }
  const resources = handles.filter((h) => h.dtype === DataType.resource);
  for (const resource of resources) {
    const previous = graph.lastUse.get(resource);
    if (previous) api.TF_AddControlInput(operation, previous);
  }
  if (after?.kind === "graph") api.TF_AddControlInput(operation, after.operation);
  for (const attribute of attributes) {
    if (!(list && attribute.name === "N")) setAttribute(runtime, operation, attribute);
  }
  const pointer = finish(runtime, operation, op, inputs);
  requireOutputs(op, outputCount, api.TF_OperationNumOutputs(pointer));
  for (const resource of resources) graph.lastUse.set(resource, pointer);
  if (resources.length > 0 && outputCount === 0) graph.effects.push(pointer);
  return Array.from(
    { length: outputCount },
    (_, index) => inferred(runtime, graph, pointer, index, op),
  );
}

/**
 * Throws where an op does not take this number of inputs: a graph checks, an eager op would crash.
 */
export function requireInputs(
  runtime: Runtime,
  op: string,
  attributes: Attribute[],
  inputs: EagerHandle[],
): void {
  const graph = newGraph(runtime);
  try {
    const given = inputs.map((input) => addArgument(runtime, graph, input));
    addNode(runtime, graph, op, attributes, given, 0);
  } catch (error) {
    if (/input_args|inputs specified/.test((error as Error).message)) throw error;
  } finally {
    deleteGraph(runtime, graph);
  }
}

function inferred(
  runtime: Runtime,
  graph: Graph,
  operation: Pointer,
  index: number,
  op: string,
): GraphHandle {
  const { api, status } = runtime;
  const output = outputStruct(operation, index);
  const rank = api.TF_GraphGetTensorNumDims(graph.pointer, output, status);
  const dims = new BigInt64Array(Math.max(0, rank));
  if (rank > 0) api.TF_GraphGetTensorShape(graph.pointer, output, dims, rank, status);
  check(runtime, op);
  const shape = Array.from(dims, Number);
  // ReadVariableOp: a resource carries no shape; variable.ts sets it right after.
  if (op !== "ReadVariableOp" && (rank < 0 || shape.some((d) => d < 0))) {
    throw new Error(
      `compile(): the shape of the result of ${op} depends on values; ` +
        `use fixed shapes inside a compiled function, or run it eagerly`,
    );
  }
  const dtype = api.TF_OperationOutputType(output);
  return { kind: "graph", graph: graph.id, operation, index, shape, dtype };
}

/** Tells shape inference what only the caller knows. */
export function setShape(runtime: Runtime, graph: Graph, handle: GraphHandle, shape: number[]) {
  const output = outputStruct(handle.operation, handle.index);
  const dims = new BigInt64Array(shape.map(BigInt));
  runtime.api.TF_GraphSetTensorShape(graph.pointer, output, dims, shape.length, runtime.status);
  check(runtime, "TF_GraphSetTensorShape");
  handle.shape = shape;
}

function setAttribute(runtime: Runtime, operation: Pointer, { name, type, value }: Attribute) {
  const { api } = runtime;
  const key = internedCString(name);
  switch (type) {
    case AttributeType.type:
      return api.TF_SetAttrType(operation, key, value);
    case AttributeType.bool:
      return api.TF_SetAttrBool(operation, key, value ? 1 : 0);
    case AttributeType.float:
      return api.TF_SetAttrFloat(operation, key, value);
    case AttributeType.int:
      return Array.isArray(value)
        ? api.TF_SetAttrIntList(
          operation,
          key,
          new BigInt64Array(value.map(BigInt)),
          value.length,
        )
        : api.TF_SetAttrInt(operation, key, BigInt(value));
    case AttributeType.string: {
      const text = new TextEncoder().encode(value);
      return api.TF_SetAttrString(operation, key, text, BigInt(text.length));
    }
    case AttributeType.shape: {
      const dims = new BigInt64Array(value.map(BigInt));
      return api.TF_SetAttrShape(operation, key, dims, dims.length);
    }
  }
}

/** Turns the graph into the function `name`, known to the eager context from now on. */
export function toFunction(runtime: Runtime, graph: Graph, name: string, outputs: GraphHandle[]) {
  const { api, context, status } = runtime;
  const inputs = [
    ...graph.arguments,
    ...Array.from(graph.captures.values(), ({ inside }) => inside),
  ];
  const effects = new BigUint64Array([...graph.effects, 0n]);
  const fn = api.TF_GraphToFunctionWithControlOutputs(
    graph.pointer,
    internedCString(name),
    0,
    -1,
    0n,
    inputs.length,
    outputStructs(inputs),
    outputs.length,
    outputStructs(outputs),
    0n,
    graph.effects.length,
    effects,
    0n,
    0n,
    0n,
    status,
  );
  check(runtime, name);
  api.TFE_ContextAddFunction(context, fn, status);
  check(runtime, name);
  api.TF_DeleteFunction(fn);
  api.TF_DeleteGraph(graph.pointer);
}
