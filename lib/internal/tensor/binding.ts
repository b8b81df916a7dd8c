/**
 * What tfjs' `NodeJSKernelBackend` expects of its C++ addon, in TypeScript over FFI. In tracing
 * mode the same calls build a graph; tfjs above does not notice.
 */
import * as graphs from "./graph.ts";
import {
  type Attribute,
  AttributeType,
  DataType,
  type DeferredHandle,
  type EagerHandle,
  type GraphHandle,
  type Handle,
  type Values,
} from "./handles.ts";
import { execute, type Runtime } from "./runtime.ts";
import { describe, eagerTensor, readTensor } from "./tensors.ts";

/** An output of an op, as tfjs wants it. */
type TensorMetadata = { id: number; shape: number[]; dtype: number };

export type Binding = ReturnType<typeof createBinding>;

/** Wraps `runtime` as the addon that tfjs-node's kernels call. */
export function createBinding(runtime: Runtime) {
  const handles = runtime.inMemory.tensors;
  let nextId = 1;
  let graph: graphs.Graph | null = null;

  function register(handle: Handle | DeferredHandle): number {
    handles.set(nextId, handle);
    return nextId++;
  }
  function find(id: number): Handle | DeferredHandle {
    const handle = handles.get(id);
    if (!handle) throw new Error(`tensor ${id} was disposed and cannot be used again`);
    return handle;
  }
  /** The value; a deferred one is made now. */
  function lookup(id: number): Handle {
    const handle = find(id);
    if ("kind" in handle) {
      if (handle.kind === "graph" && handle.graph !== graph?.id) throw strayed(handle);
      return handle;
    }
    const made = handle.make();
    handle.done();
    handles.set(id, made);
    return made;
  }
  /** The value of a tensor whose numbers are asked for. */
  function readable(id: number): EagerHandle {
    const handle = lookup(id);
    if (handle.kind === "eager") return handle;
    throw new Error(
      "compile(): a compiled function cannot read the value of a tensor; " +
        "return the tensor and read it outside, or run the function eagerly",
    );
  }
  function metadata(handle: Handle | DeferredHandle): TensorMetadata {
    return { id: register(handle), shape: handle.shape, dtype: handle.dtype };
  }

  return {
    TF_FLOAT: DataType.float32,
    TF_INT32: DataType.int32,
    TF_INT64: DataType.int64,
    TF_UINT8: DataType.uint8,
    TF_BOOL: DataType.bool,
    TF_COMPLEX64: DataType.complex64,
    TF_STRING: DataType.string,
    TF_RESOURCE: DataType.resource,
    TF_ATTR_STRING: AttributeType.string,
    TF_ATTR_INT: AttributeType.int,
    TF_ATTR_FLOAT: AttributeType.float,
    TF_ATTR_BOOL: AttributeType.bool,
    TF_ATTR_TYPE: AttributeType.type,
    TF_ATTR_SHAPE: AttributeType.shape,
    TF_Version: runtime.version,

    isUsingGpuDevice: () => runtime.devices.includes("GPU"),

    createTensor(
      shape: number[],
      dtype: number,
      values: Values,
    ): number {
      return register(eagerTensor(runtime, shape, dtype, values));
    },

    deleteTensor(id: number): void {
      const handle = find(id);
      if (!("kind" in handle)) handle.done();
      else if (handle.kind === "eager") runtime.api.TFE_DeleteTensorHandle(handle.pointer);
      handles.delete(id);
    },

    tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
      const handle = readable(id);
      const bytes = readTensor(runtime, handle);
      switch (handle.dtype) {
        case DataType.float32:
        case DataType.complex64:
          return new Float32Array(bytes);
        case DataType.int32:
          return new Int32Array(bytes);
        case DataType.int64:
          return Int32Array.from(new BigInt64Array(bytes), Number);
        default:
          return new Uint8Array(bytes);
      }
    },

    executeOp(
      op: string,
      attributes: Attribute[],
      ids: number[],
      outputCount: number,
      after?: number,
    ): TensorMetadata[] {
      const inputs = ids.map(lookup);
      if (graph) {
        const waited = after === undefined ? undefined : lookup(after);
        return graphs.addNode(runtime, graph, op, attributes, inputs, outputCount, waited)
          .map(metadata);
      }
      return execute(runtime, op, attributes, inputs as EagerHandle[], outputCount)
        .map((pointer) => metadata(describe(runtime, pointer)));
    },

    // Beyond the addon's interface: what compile(), variables and checkpoints need.
    runtime,
    /** Copies a tensor's bytes into memory that is there already. */
    readInto(id: number, bytes: Uint8Array<ArrayBuffer>): void {
      readTensor(runtime, readable(id), bytes);
    },
    lookup,
    metadata,
    get graph() {
      return graph;
    },
    /**
     * Runs `body` with ops going into a new graph; returns that graph and the body's result.
     *
     * @param node to be found
     */
    trace<T>(
      body: (graph: graphs.Graph) => T,
      node?: string,
    ): { graph: graphs.Graph; result: T } {
      if (graph) throw new Error("compile(): a graph is already being traced");
      const tracing = graph = graphs.newGraph(runtime, node);
      try {
        return { graph: tracing, result: body(tracing) };
      } catch (error) {
        graphs.deleteGraph(runtime, tracing);
        throw error;
      } finally {
        graph = null;
      }
    },
  };
}

/** TensorFlow would follow its pointer to where the graph was. */
function strayed({ shape }: GraphHandle): Error {
  return new Error(
    `compile(): a tensor of shape [${shape}], made while a function was traced, is used outside of ` +
      "it, where it has no value; have the function return it",
  );
}
