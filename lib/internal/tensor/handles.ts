/** What TensorFlow's values and attributes are here: handles, data types, attributes of raw ops. */
import type { Pointer } from "./capi.ts";

/** A value: an eager tensor, or (while tracing) one output of a graph operation. */
export type Handle = EagerHandle | GraphHandle;
export type EagerHandle = {
  kind: "eager";
  pointer: Pointer;
  shape: number[];
  dtype: number;
  /** What a small tensor was made of: a graph takes it as a constant. */
  values?: Values;
};
export type GraphHandle = {
  kind: "graph";
  /** The graph's id: elsewhere it means nothing. */
  graph: number;
  operation: Pointer;
  index: number;
  shape: number[];
  dtype: number;
};

/** A value that is made when it is first needed. */
export type DeferredHandle = {
  shape: number[];
  dtype: number;
  make(): EagerHandle;
  /** Called once, when the value is made or can no longer be needed. */
  done(): void;
};

/** An op attribute in the form tfjs' kernels write it. */
export type Attribute = {
  name: string;
  type: AttributeType;
  // deno-lint-ignore no-explicit-any -- the value's type follows `type`
  value: any;
};

/** The elements of a tensor, in row-major order; those of a string tensor are their bytes. */
export type Values = ArrayLike<number> | ArrayBufferView | readonly Uint8Array<ArrayBuffer>[];

/** What kind of value an attribute holds. */
export const AttributeType = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
} as const;
export type AttributeType = typeof AttributeType[keyof typeof AttributeType];

/** Attributes of raw ops, each with its C type. */
export const attr = {
  type: (name: string, value: number): Attribute => ({ name, type: AttributeType.type, value }),
  int: (name: string, value: number): Attribute => ({ name, type: AttributeType.int, value }),
  ints: (name: string, value: number[]): Attribute => ({ name, type: AttributeType.int, value }),
  float: (name: string, value: number): Attribute => ({ name, type: AttributeType.float, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: AttributeType.bool, value }),
  string: (name: string, value: string): Attribute => ({
    name,
    type: AttributeType.string,
    value,
  }),
};

/** `TF_DataType` values used here. */
export const DataType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  float16: 19,
  resource: 20,
} as const;

/** Bytes of an element. */
export const bytesPerElement: Record<number, number> = {
  [DataType.float64]: 8,
  [DataType.float32]: 4,
  [DataType.float16]: 2,
  [DataType.bfloat16]: 2,
  [DataType.int32]: 4,
  [DataType.uint8]: 1,
  [DataType.string]: 24, // sizeof(TF_TString)
  [DataType.complex64]: 8,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
};

/** A type and a shape, as "float32 [2,3]". */
export function describeType(
  { dtype, shape }: { dtype: number; shape: readonly number[] },
): string {
  const name = Object.entries(DataType).find(([, value]) => value === dtype)?.[0] ??
    `type ${dtype}`;
  return `${name} [${shape}]`;
}
