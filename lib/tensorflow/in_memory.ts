import { formatBytes, formatCount } from "../units/mod.ts";
import { bytesPerElement, DataType, describeType } from "./data_type.ts";
import type { DeferredHandle, Handle } from "./runtime.ts";

type Typed = { dtype: number; shape: readonly number[] };

/** What an open TensorFlow holds for its user. */
export type InMemory = {
  /** Tensors, by their ids. */
  tensors: Map<number, Handle | DeferredHandle>;
  /** The shapes of float32 variables, by their names. */
  variables: Map<string, readonly number[]>;
};

const longest = 5;

/** The largest tensors and variables, those alike in one line, and how much all are. */
export function describeMemory({ tensors, variables }: InMemory): string {
  const all: Typed[] = [
    ...Array.from(variables.values(), (shape) => ({ dtype: DataType.float32, shape })),
    ...[...tensors.values()].filter((it) => "kind" in it && it.kind === "eager"),
  ].filter(({ dtype }) => dtype !== DataType.resource);
  const kinds = Map.groupBy(all, describeType);
  const lines = Array.from(kinds, ([kind, [first, ...more]]) => {
    const count = 1 + more.length;
    return { kind, count, bytes: count * sizeOf(first) };
  }).sort((a, b) => b.bytes - a.bytes);
  const total = lines.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `in memory: ${formatBytes(total)} in ${
      formatCount(all.length)
    } tensors and variables, beside ` +
    "what a compiled function needs while it runs",
    ...lines.slice(0, longest).map(({ kind, count, bytes }) =>
      `  ${formatBytes(bytes)}: ${formatCount(count)} of ${kind}`
    ),
  ].join("\n");
}

function sizeOf({ dtype, shape }: Typed): number {
  return shape.reduce((product, size) => product * size, bytesPerElement[dtype] ?? 0);
}
