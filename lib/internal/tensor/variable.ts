/**
 * Values that live across steps and are updated in place: TensorFlow resource variables, or
 * tfjs variables on other backends.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { idsOf, rawOp, tensorFlow, tfjs as tf } from "./backend.ts";
import { setShape } from "./graph.ts";
import { AttributeType, DataType, type GraphHandle } from "./handles.ts";

/** A float32 value that steps may read and update, eager or compiled. */
export type Variable = {
  readonly shape: number[];
  /** @param after in a compiled function, what must be known before the value is read */
  read(after?: Tensor): Tensor;
  assign(value: Tensor): void;
  /** Subtracts in place, where nothing else holds the value. */
  assignSub(value: Tensor): void;
  /** The resource handle for TensorFlow's update ops; null elsewhere. */
  readonly resource: Tensor | null;
  dispose(): void;
};

const float32 = { name: "dtype", type: AttributeType.type, value: DataType.float32 };
let created = 0;

/**
 * A variable that starts as `initial` (which stays the caller's to dispose).
 *
 * @throws Error in a compiled function, which would make another one each time it runs
 */
export function variable(initial: Tensor): Variable {
  return guarded(tensorFlow() ? resourceVariable(initial) : tfjsVariable(initial));
}

/** Throws if a variable was disposed. */
function guarded(variable: Variable): Variable {
  let disposed = false;
  const alive = () => {
    if (!disposed) return variable;
    throw new Error(
      `a variable of shape [${variable.shape}] was disposed and cannot be used again`,
    );
  };
  return {
    ...variable,
    read: (after) => alive().read(after),
    assign: (value) => alive().assign(value),
    assignSub: (value) => alive().assignSub(value),
    dispose() {
      alive().dispose();
      disposed = true;
    },
  };
}

/** A graph is run again and again; what lives longer than one run is made and ended outside. */
function refuseWhileTracing(what: string): void {
  if (!tensorFlow()!.binding.graph) return;
  throw new Error(`compile(): a compiled function cannot ${what} a variable; do it outside`);
}

function resourceVariable(initial: Tensor): Variable {
  refuseWhileTracing("make");
  const { variables } = tensorFlow()!.binding.runtime.inMemory;
  const shape = initial.shape;
  const name = `variable_${created++}`;
  const [resource] = rawOp(
    "VarHandleOp",
    [
      float32,
      { name: "shape", type: AttributeType.shape, value: shape },
      { name: "shared_name", type: AttributeType.string, value: name },
    ],
    [],
    1,
  );
  tf.keep(resource);
  const self: Variable = {
    shape,
    resource,
    read(after) {
      const backend = tensorFlow()!;
      const { binding } = backend;
      const ids = idsOf([resource]);
      const [waited] = after ? idsOf([after]) : [];
      const [value] = binding.executeOp("ReadVariableOp", [float32], ids, 1, waited);
      if (binding.graph) {
        setShape(binding.runtime, binding.graph, binding.lookup(value.id) as GraphHandle, shape);
      }
      return backend.createOutputTensor({ ...value, shape });
    },
    assign(value) {
      rawOp("AssignVariableOp", [float32], [resource, value], 0);
    },
    assignSub(value) {
      rawOp("AssignSubVariableOp", [float32], [resource, value], 0);
    },
    dispose() {
      refuseWhileTracing("dispose of");
      rawOp(
        "DestroyResourceOp",
        [
          { name: "ignore_lookup_error", type: AttributeType.bool, value: true },
        ],
        [resource],
        0,
      );
      resource.dispose();
      variables.delete(name);
    },
  };
  self.assign(initial);
  variables.set(name, shape);
  return self;
}

function tfjsVariable(initial: Tensor): Variable {
  const inner = tf.variable(initial, false);
  return {
    shape: initial.shape,
    resource: null,
    read: () => inner.clone(),
    assign: (value) => inner.assign(value as never),
    assignSub: (value) => tf.tidy(() => inner.assign(tf.sub(inner, value) as never)),
    dispose: () => inner.dispose(),
  };
}
