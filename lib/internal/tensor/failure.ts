/** TensorFlow's failures as exceptions that name the op and the line that called it. */
import { formatBytes, formatCount, sizeOf, UserError } from "../runtime/mod.ts";
import {
  bytesPerElement,
  DataType,
  type DeferredHandle,
  describeType,
  type Handle,
} from "./handles.ts";
import { peakMemory } from "./machine.ts";

/** Values of `TF_Code`. */
const RESOURCE_EXHAUSTED = 8;

/** An op, what it was given, and the line that asked for it. */
export type Attempt = {
  op: string;
  inputs: readonly { dtype: number; shape: readonly number[] }[];
  site: string;
};

/** An op was refused, or failed. */
class OpError extends Error {
  override name = "OpError";

  constructor(attempt: Attempt, reason: string) {
    super(`TensorFlow, ${describeAttempt(attempt)}: ${reason}\n  at ${attempt.site}`);
  }
}

/** Out of memory. Other ops may still run; a step may have updated some variables. */
export class OutOfMemoryError extends UserError {
  override name = "OutOfMemoryError";

  constructor(attempt: Attempt, reason: string, inMemory: InMemory) {
    super({
      what: `out of memory in ${describeAttempt(attempt)}: ${reason}\n  at ${attempt.site}\n` +
        describeMemory(inMemory),
      remedy: "use a smaller batch, gradient checkpointing or bfloat16, or end other programs",
    });
  }
}

/** @param code a `TF_Code` other than OK */
export function failure(
  code: number,
  message: string,
  attempt: Attempt,
  inMemory: InMemory,
): OpError | OutOfMemoryError {
  return code === RESOURCE_EXHAUSTED
    ? new OutOfMemoryError(attempt, missingMemory(message), inMemory)
    : new OpError(attempt, essence(message));
}

function describeAttempt({ op, inputs }: Attempt): string {
  return [op, inputs.map(describeType).join(" and ")].filter(Boolean).join(" of ");
}

/** The message without what is about TensorFlow's own insides. */
function essence(message: string): string {
  if (message.includes("Could not find variable")) return "a variable that it uses was disposed";
  return message
    .replace(/\n\t \[\[.*$/s, "")
    .replace(/\{\{function_node \S+\}\} ?/g, "")
    .replace(/ \[Op:\w+\].*$/s, "")
    .trim();
}

/** "shape[400000,400000] and type float" is "no room for float [400000,400000], 640 GB". */
function missingMemory(message: string): string {
  const [, shape, type] = /shape\[([\d,]*)\] and type (\w+)/.exec(message) ?? [];
  if (type === undefined) return essence(message);
  const bytes = shape.split(",").reduce((product, size) => product * Number(size || 1), 1) *
    (bytesOfType[type] ?? 4);
  return `no room for ${type} [${shape}], ${formatBytes(bytes)}`;
}

/** By the names of C. */
const bytesOfType: Record<string, number> = {
  bool: 1,
  uint8: 1,
  half: 2,
  bfloat16: 2,
  double: 8,
  int64: 8,
  complex64: 8,
};

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
function describeMemory({ tensors, variables }: InMemory): string {
  const all: Typed[] = [
    ...Array.from(variables.values(), (shape) => ({ dtype: DataType.float32, shape })),
    ...[...tensors.values()].filter((it) => "kind" in it && it.kind === "eager"),
  ].filter(({ dtype }) => dtype !== DataType.resource);
  const kinds = Map.groupBy(all, describeType);
  const lines = Array.from(kinds, ([kind, [first, ...more]]) => {
    const count = 1 + more.length;
    return { kind, count, bytes: count * bytesOf(first) };
  }).sort((a, b) => b.bytes - a.bytes);
  const total = lines.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `in memory: ${formatBytes(total)} in ${
      formatCount(all.length)
    } tensors and variables, besides ` +
    `what a compiled function needs while it runs; ${formatBytes(peakMemory())} in this process ` +
    "at its peak",
    ...lines.slice(0, longest).map(({ kind, count, bytes }) =>
      `  ${formatBytes(bytes)}: ${formatCount(count)} of ${kind}`
    ),
  ].join("\n");
}

function bytesOf({ dtype, shape }: Typed): number {
  return sizeOf(shape) * (bytesPerElement[dtype] ?? 0);
}

const here = new URL("./", import.meta.url).href;
const library = new URL("../../", import.meta.url).href;

/**
 * The line that called TensorFlow, and where that is this library's own, the line outside that led to it:
 * "file:///…/lib/models/layers.ts:20:13, called at file:///…/mine.ts:3:7".
 */
export function callSite(): string {
  const places = stack().filter((place) =>
    !place.startsWith(here) && !place.includes("/node_modules/") && !/^(ext|node):/.test(place)
  );
  const outside = places.find((place) => !place.startsWith(library));
  return [places[0], ...outside && outside !== places[0] ? [outside] : []].join(", called at ");
}

/** The places of all calls, the innermost first; between user and op are more than V8 keeps. */
function stack(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  const lines = new Error().stack!.split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  return lines.flatMap((line) => /([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);
}
