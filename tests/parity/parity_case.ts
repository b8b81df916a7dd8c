/** A parity case, and how its outputs are compared with the reference's. */
import type { NamedArray } from "specialist/models/files/safetensors.ts";

/** A case as its folder describes it. */
export type Fixture = {
  /** As in case.json: the family, then where there are several the case, as `schedulers/pndm`. */
  name: string;
  folder: string;
  // deno-lint-ignore no-explicit-any -- each family has its own
  config: any;
  inputs: Record<string, NamedArray>;
  /** Everything in tensors.safetensors. */
  tensors: Record<string, NamedArray>;
  /** Inputs and results that case.json holds itself. */
  values: Record<string, unknown>;
  expected: Expected[];
};

/** What an output must be: `|got - data| <= atol + rtol·|data|` for every element. */
export type Expected = {
  output: string;
  shape: readonly number[];
  data: ArrayLike<number>;
  atol: number;
  rtol: number;
};

/**
 * A computed output. One that case.json does not list, such as a tensor of a file that the case
 * wrote, brings along what it is compared with.
 */
export type Output = {
  shape: readonly number[];
  data: ArrayLike<number>;
  expected?: Omit<Expected, "output">;
};

export type Outputs = Record<string, Output>;

/** Computes a case's outputs, keyed as in case.json. */
export type ParityCase = (fixture: Fixture) => Promise<Outputs> | Outputs;

/** How an output compares with what is expected of it. */
export type Comparison = {
  output: string;
  atol: number;
  rtol: number;
  maxAbsError: number;
  /** The largest share of its tolerance that an element uses; it passes up to 1. */
  used: number;
  /** What is wrong, where something is. */
  miss?: string;
};

/** Compares everything the fixture expects; an output that was not computed is a miss. */
export function compareOutputs(fixture: Fixture, outputs: Outputs): Comparison[] {
  const own = Object.entries(outputs).flatMap(([output, { expected }]) =>
    expected ? [{ output, ...expected }] : []
  );
  return [...fixture.expected, ...own].map((expected) =>
    compare(expected, outputs[expected.output])
  );
}

function compare(expected: Expected, got: Output | undefined): Comparison {
  const { output, shape, data, atol, rtol } = expected;
  const unmeasured = { output, atol, rtol, maxAbsError: Infinity, used: Infinity };
  if (!got) return { ...unmeasured, miss: "was not computed" };
  if (!sameShape(got.shape, shape) || got.data.length !== data.length) {
    return { ...unmeasured, miss: `has shape [${got.shape}], expected [${shape}]` };
  }
  let [maxAbsError, used, worst] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const error = distance(got.data[i], data[i]);
    const share = shareOf(error, atol + rtol * Math.abs(data[i]));
    maxAbsError = Math.max(maxAbsError, error);
    if (share > used) [used, worst] = [share, i];
  }
  const comparison = { output, atol, rtol, maxAbsError, used };
  return used <= 1 ? comparison : {
    ...comparison,
    miss: `is ${got.data[worst]} at element ${worst}, expected ${data[worst]}`,
  };
}

/** Not-a-number, on either side, is infinitely far from everything. */
function distance(a: number, b: number): number {
  if (a === b) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

function shareOf(error: number, allowed: number): number {
  if (error === 0) return 0;
  return Number.isFinite(error) ? error / allowed : Infinity;
}

/** Scalars may be [] or [1]. */
function sameShape(a: readonly number[], b: readonly number[]): boolean {
  const isScalar = (shape: readonly number[]) => shape.every((size) => size === 1);
  return `${a}` === `${b}` || isScalar(a) && isScalar(b) && a.length <= 1 && b.length <= 1;
}
