/**
 * Values that live across steps and are updated in place: TensorFlow resource variables, or
 * tfjs variables on other backends.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { rawOp, tensorFlow, tfjs as tf } from "./backend.ts";
import { DataType } from "./capi.ts";
import { setShape } from "./graph.ts";
import { AttributeType, type GraphHandle } from "./runtime.ts";

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

/** A variable that starts as `initial` (which stays the caller's to dispose). */
export function variable(initial: Tensor): Variable {
  return tensorFlow() ? resourceVariable(initial) : tfjsVariable(initial);
}

function resourceVariable(initial: Tensor): Variable {
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
      const ids = backend.getInputTensorIds([resource]);
      const [waited] = after ? backend.getInputTensorIds([after]) : [];
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
      rawOp(
        "DestroyResourceOp",
        [
          { name: "ignore_lookup_error", type: AttributeType.bool, value: true },
        ],
        [resource],
        0,
      );
      resource.dispose();
    },
  };
  self.assign(initial);
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
