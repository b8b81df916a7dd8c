/** Inputs one after the other, in this process. */
import fc from "fast-check";
import { z } from "zod";
import { createRandom } from "specialist/data";
import { judge } from "./contract.ts";
import { type Input, inputsFrom } from "./input.ts";
import type { Target } from "./target.ts";
import { openWorkspace } from "./workspace.ts";

export type Range = {
  /** The seed of all randomness, and what an input's number is counted for. */
  stream: string;
  /** The first input's number, and the one that is not tried any more. */
  first: number;
  end: number;
  /** Numbers that are left out. */
  skip?: readonly number[];
};

type Watcher = {
  /** The seeds were read, and inputs come next. */
  ready?(): Promise<void>;
  /** An input is about to be read. */
  begins?(input: number): void;
  /** What came of all inputs before `next`. */
  tallied?(tally: Tally, next: number): void;
  found(defect: Defect): void;
};

/** The number of a parser's defects that are examined; more would say the same. */
const maxDefects = 20;

/**
 * Has a target read inputs that their numbers alone decide.
 *
 * @param root a folder of {@link makeRoot}
 * @throws Error if a seed is refused, or a hostile one accepted
 */
export async function tryInputs<T>(
  target: Target<T>,
  root: string,
  { stream, first, end, skip = [] }: Range,
  { ready, begins, tallied, found }: Watcher,
): Promise<Tally> {
  const accepted = await target.seeds(), hostile = await target.hostile?.() ?? [];
  const seeds = [...accepted, ...hostile];
  const workspace = openWorkspace(root, seeds);
  for (const seed of seeds.keys()) {
    const why = await judge(target, workspace.folderOf(seed));
    if (seed < accepted.length && why) throw new Error(`the seed ${seed} is refused: ${why}`);
    if (seed >= accepted.length && !why) throw new Error(`the hostile seed ${seed} is accepted`);
  }
  await ready?.();

  const tally = emptyTally();
  let number = first, isFirst = true, defects = 0;
  const count = (bytes: number, start: number, why: string | undefined) => {
    tally.inputs++;
    if (why === undefined) tally.accepted++;
    else tally.refused[why] = (tally.refused[why] ?? 0) + 1;
    tally.longestMs = Math.max(tally.longestMs, performance.now() - start);
    tally.largestBytes = Math.max(tally.largestBytes, bytes);
  };
  const property = fc.asyncProperty(inputsFrom(seeds), async (input) => {
    begins?.(number);
    const mayCount = isFirst;
    isFirst = false;
    const bytes = workspace.place(input);
    const start = performance.now();
    const why = await judge(target, workspace.folderOf(input.seed));
    if (mayCount) count(bytes, start, why);
  });
  for (; number < end && defects < maxDefects; number++) {
    if (skip.includes(number)) continue;
    isFirst = true;
    const seed = createRandom(`${stream} ${number}`).integer(2 ** 31);
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      seed,
      numRuns: 1,
    });
    if (failed) {
      defects++;
      tally.inputs++;
      found(brokenPromise(number, errorInstance, counterexample!));
    }
    tallied?.(tally, number + 1);
  }
  return tally;
}

function brokenPromise(input: number, error: unknown, [smallest]: [Input]): Defect {
  return {
    input,
    kind: "broken promise",
    what: error instanceof Error ? `${error.message}\n${error.stack}`.slice(0, 3000) : `${error}`,
    smallest: JSON.stringify(smallest, bigintsAsText),
  };
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}

// What came of a target's inputs, as plain data that goes from process to process.

const count = z.int().min(0);

export const tallySchema = z.strictObject({
  inputs: count,
  accepted: count,
  refused: z.record(z.string(), count).describe("How many, by why"),
  longestMs: z.number().min(0).describe("The input that took longest, in milliseconds"),
  largestBytes: count.describe("The largest changed file"),
});

/** Promises that were not kept. */
export const defectSchema = z.strictObject({
  input: count.describe("The input's number"),
  kind: z.enum(["broken promise", "hang", "crash", "memory"]),
  what: z.string(),
  smallest: z.string().optional().describe("The input, made as small as it could be"),
});

export type Tally = z.infer<typeof tallySchema>;
export type Defect = z.infer<typeof defectSchema>;

export function emptyTally(): Tally {
  return { inputs: 0, accepted: 0, refused: {}, longestMs: 0, largestBytes: 0 };
}

export function sumOf(a: Tally, b: Tally): Tally {
  const refused = new Map(Object.entries(a.refused));
  for (const [why, count] of Object.entries(b.refused)) {
    refused.set(why, (refused.get(why) ?? 0) + count);
  }
  return {
    inputs: a.inputs + b.inputs,
    accepted: a.accepted + b.accepted,
    refused: Object.fromEntries(refused),
    longestMs: Math.max(a.longestMs, b.longestMs),
    largestBytes: Math.max(a.largestBytes, b.largestBytes),
  };
}

/**
 * The target at an address: a module, and after "#" what it is called there, as
 * `file:///…/networks.ts#unetConfigTarget`. Without a name it is the module's `target`.
 */
export async function loadTarget(address: string): Promise<Target<unknown>> {
  const name = new URL(address).hash.slice(1) || "target";
  return (await import(address))[name];
}
