/** What TensorFlow cannot do, as exceptions that say what it was and where it was asked for. */
import { UserError } from "../errors/mod.ts";
import { formatBytes } from "../units/mod.ts";
import { describeType } from "./data_type.ts";
import { describeMemory, type InMemory } from "./in_memory.ts";

/** Values of `TF_Code`. */
const RESOURCE_EXHAUSTED = 8;

/** An op, what it was given, and the line that asked for it. */
export type Attempt = {
  op: string;
  inputs: readonly { dtype: number; shape: readonly number[] }[];
  site: string;
};

/** An op was refused, or failed. */
export class OpError extends Error {
  override name = "OpError";

  constructor(attempt: Attempt, reason: string) {
    super(`TensorFlow, ${describeAttempt(attempt)}: ${reason}\n  at ${attempt.site}`);
  }
}

/** There is not enough memory for an op. Others may follow; a step may have updated some variables. */
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
    (bytesPerElement[type] ?? 4);
  return `no room for ${type} [${shape}], ${formatBytes(bytes)}`;
}

/** By the names of C. */
const bytesPerElement: Record<string, number> = {
  bool: 1,
  uint8: 1,
  half: 2,
  bfloat16: 2,
  double: 8,
  int64: 8,
  complex64: 8,
};
