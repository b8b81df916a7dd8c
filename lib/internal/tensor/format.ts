/** The layout and precision of tensors in raw ops: NHWC or NCHW, float32 or bfloat16. */
import type { Tensor } from "@tensorflow/tfjs";
import { idsOf, rawOp, tensorFlow } from "./backend.ts";
import { attr, DataType } from "./handles.ts";
import { cpuFeatures } from "./machine.ts";

const { float32, bfloat16 } = DataType;

/** Rounds to bfloat16. tfjs has no such type and calls the result float32: give it to raw ops only. */
function toBfloat16(x: Tensor): Tensor {
  return cast(x, float32, bfloat16);
}

/** The inverse of {@link toBfloat16}. */
function fromBfloat16(x: Tensor): Tensor {
  return cast(x, bfloat16, float32);
}

function cast(x: Tensor, from: number, to: number): Tensor {
  const attributes = [
    attr.type("SrcT", from),
    attr.type("DstT", to),
    attr.bool("Truncate", false),
  ];
  return rawOp("Cast", attributes, [x], 1)[0];
}

/** How products are computed in a precision. */
type Format = {
  /** The type of operands and results, as TensorFlow numbers it. */
  type: number;
  /** Makes a float32 tensor an operand. */
  lower(x: Tensor): Tensor;
  /** Makes a result float32. */
  raise(x: Tensor): Tensor;
};

/** float32, as it is. */
const exact: Format = {
  type: DataType.float32,
  lower: (x) => x,
  raise: (x) => x,
};

const native: Format = { type: DataType.bfloat16, lower: toBfloat16, raise: fromBfloat16 };

/** Operands and results have bfloat16's values, in float32. */
const rounded: Format = {
  type: DataType.float32,
  lower: (x) => fromBfloat16(toBfloat16(x)),
  raise: (x) => fromBfloat16(toBfloat16(x)),
};

let low: Format | undefined;

/**
 * The current precision's format. It is bfloat16 itself where there are instructions for it, and
 * elsewhere the same values multiplied in float32, since bfloat16 in software is many times slower
 * and adds in bfloat16 too.
 */
export function formatNow(): Format {
  if (currentPrecision() === "float32") return exact;
  return low ??= hasInstructions() ? native : rounded;
}

function hasInstructions(): boolean {
  if (tensorFlow()!.binding.isUsingGpuDevice()) return true;
  const features = cpuFeatures();
  return ["avx512_bf16", "amx_bf16", "bf16"].some((name) => features.includes(name));
}

/** The precision in which matrix products and convolutions multiply; they always add in float32. */
export const precisions = ["float32", "bfloat16"] as const;
export type Precision = typeof precisions[number];

let current: Precision = "float32";

/**
 * Runs `body` with convolutions and matrix products in this precision, those of its gradients too.
 * Everything else, weights and activations among them, stays float32. Backends other than TensorFlow
 * always use float32.
 */
export function withPrecision<T>(precision: Precision, body: () => T): T {
  const previous = current;
  current = precision;
  try {
    return body();
  } finally {
    current = previous;
  }
}

/** The precision asked for where this is called. */
function currentPrecision(): Precision {
  return current;
}

const attributesOf = (type: number) => [
  attr.type("T", type),
  attr.string("data_format", "NHWC"),
];

/**
 * Adds a bias to each channel. TensorFlow computes it together with the convolution or product that
 * it follows, as it does not with a plain addition.
 *
 * @param x [..., c]
 * @param bias [c]
 * @param type of both, as TensorFlow numbers it
 */
export function biasAdd(x: Tensor, bias: Tensor, type: number): Tensor {
  return rawOp("BiasAdd", attributesOf(type), [x, bias], 1)[0];
}

/**
 * The bias' gradient.
 *
 * @param dy [..., c] float32
 * @returns [c]
 */
export function biasAddGradient(dy: Tensor): Tensor {
  return rawOp("BiasAddGrad", attributesOf(DataType.float32), [dy], 1)[0];
}

/**
 * `x`, which a compiled function knows only once it knows `signal`: what follows from it is not computed
 * earlier, nor taken from an equal computation that did not wait. Elsewhere all is computed in the order
 * written, and it is `x` itself. It has no gradient.
 */
export function afterwards(x: Tensor, signal: Tensor): Tensor {
  const backend = tensorFlow();
  if (!backend?.binding.graph) return x;
  const { binding } = backend;
  const [id, waited] = idsOf([x, signal]);
  const type = attr.type("T", binding.lookup(id).dtype);
  const [metadata] = binding.executeOp("Identity", [type], [id], 1, waited);
  return backend.createOutputTensor(metadata);
}
