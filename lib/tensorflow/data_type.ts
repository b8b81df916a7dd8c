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
