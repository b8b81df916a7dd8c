/** Finds fixtures, and runs the cases that they belong to. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readFixture } from "./fixture.ts";
import { compareOutputs, type Comparison, type ParityCase } from "./parity_case.ts";

export type CaseResult = {
  name: string;
  comparisons: Comparison[];
  /** Why nothing could be compared. */
  error?: string;
};

/** Runs the case in `folder`. What goes wrong in it is a result, not an exception. */
export async function runCase(folder: string): Promise<CaseResult> {
  let name = folder;
  try {
    const fixture = await readFixture(folder);
    name = fixture.name;
    const run = await parityCase(name);
    const comparisons = compareOutputs(fixture, await run(fixture));
    return comparisons.length > 0
      ? { name, comparisons }
      : { name, comparisons, error: "case.json lists no output" };
  } catch (error) {
    return { name, comparisons: [], error: error instanceof Error ? error.message : `${error}` };
  }
}

export function missesOf({ error, comparisons }: CaseResult): string[] {
  const misses = comparisons.flatMap(({ output, miss }) => miss ? [`${output} ${miss}`] : []);
  return error === undefined ? misses : [error, ...misses];
}

/**
 * The folders below `folder`, itself included, that hold a case.json.
 *
 * @throws Error if there is none
 */
export function findCases(folder: string): string[] {
  const cases = [...walk(folder)].sort();
  if (cases.length === 0) throw new Error(`no case.json in ${folder} or below`);
  return cases;
}

function* walk(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* walk(join(folder, entry.name));
    else if (entry.name === "case.json") yield folder;
  }
}

const repository = join(import.meta.dirname!, "..", "..");

/** The fixtures that came with the repository. */
export const ownFixtures = join(repository, "tests/fixtures");

/** Fixtures shared next to the repository where there are some, else its own. */
export function defaultFolder(): string {
  const shared = join(repository, "../shared/fixtures");
  return existsSync(shared) ? shared : ownFixtures;
}

// Which function computes a family of cases. `schedulers/pndm` is of the family `schedulers`.
//
// To add a family, export a `ParityCase` from cases/<family>.ts and add its line below. The function
// is given every case of the family, and throws on one it does not know.

const families: Record<string, () => Promise<ParityCase>> = {
  augment: async () => (await import("./cases/augment.ts")).augment,
  clip: async () => (await import("./cases/clip.ts")).clip,
  content_loss: async () => (await import("./cases/content_loss.ts")).contentLoss,
  metrics: async () => (await import("./cases/metrics.ts")).metrics,
  pipeline: async () => (await import("./cases/pipeline.ts")).pipeline,
  sampling: async () => (await import("./cases/sampling.ts")).sampling,
  schedulers: async () => (await import("./cases/schedulers.ts")).schedulers,
  text_encoder: async () => (await import("./cases/text_encoder.ts")).textEncoder,
  tokenizer: async () => (await import("./cases/tokenizer.ts")).tokenizer,
  training: async () => (await import("./cases/training.ts")).training,
  unet: async () => (await import("./cases/unet.ts")).unet,
  vae: async () => (await import("./cases/vae.ts")).vae,
};

/** @throws Error if the case's family is none of these */
async function parityCase(name: string): Promise<ParityCase> {
  const [family] = name.split("/");
  if (!Object.hasOwn(families, family)) {
    throw new Error(
      `unknown case "${name}": no family "${family}" in tests/parity/run_case.ts, ` +
        `only ${Object.keys(families).join(", ")}`,
    );
  }
  return await families[family]();
}
