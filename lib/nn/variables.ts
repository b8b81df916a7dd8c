import { type Tensor, tf, type Variable, variable } from "../tensorflow/mod.ts";
import type { Params } from "./params.ts";

/** Parameters that a step updates in place, by the names of their checkpoint. */
export type Variables = Record<string, Variable>;

/** Variables that start as `params`, whose tensors stay the caller's to dispose. */
export function createVariables(params: Params): Variables {
  return mapValues(params, variable);
}

/** Variables of the same shapes that start as zeros. */
export function zerosLike(variables: Variables): Variables {
  return mapValues(variables, ({ shape }) => {
    // `tf.zeros` would make them here and copy them there.
    const zeros = tf.fill(shape, 0);
    const created = variable(zeros);
    zeros.dispose();
    return created;
  });
}

/** The values now. */
export function readVariables(variables: Variables): Params {
  return mapValues(variables, (variable): Tensor => variable.read());
}

export function disposeVariables(variables: Variables): void {
  for (const variable of Object.values(variables)) variable.dispose();
}

function mapValues<A, B>(record: Record<string, A>, fn: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(value)]));
}
