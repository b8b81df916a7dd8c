/** Inputs one after the other, in this process. */
import fc from "fast-check";
import { createRandom } from "specialist/random/mod.ts";
import { judge } from "./contract.ts";
import { type Input, inputsFrom } from "./input.ts";
import { type Defect, emptyTally, type Tally } from "./tally.ts";
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

export type Watcher = {
  /** The seeds were read, and inputs come next. */
  ready?(): Promise<void>;
  /** An input is about to be read. */
  begins?(input: number): void;
  /** What came of all inputs before `next`. */
  tallied?(tally: Tally, next: number): void;
  found(defect: Defect): void;
};

/** So many defects of a parser are looked at; more would say the same. */
const mostDefects = 20;

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
  for (; number < end && defects < mostDefects; number++) {
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
