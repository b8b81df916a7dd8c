/** Two folders of runs, compared bit by bit. */
import { basename, join } from "node:path";
import { hashFile, readMetrics, readRunRecord } from "specialist/internal/runtime/mod.ts";

/** What is never the same twice: who holds a run, and pages that tell times and dates. */
const passing = new Set(["lock", "report.html", "training.json", "README.md"]);

/** What a record has of the clock, or of the machine's memory. */
const measured = new Set([
  "seconds",
  "curve.seconds",
  "trainingSeconds",
  "phases",
  "peakMemoryBytes",
]);

export type Comparison = {
  /** How many files were compared. */
  files: number;
  /** Those that differ, or are in one of the folders only, by their paths there. */
  differing: string[];
};

/** Compares results, metrics, weights, optimizers' states and images; times are left out. */
export async function differingFiles(a: string, b: string): Promise<Comparison> {
  const [inA, inB] = [await contentsBelow(a), await contentsBelow(b)];
  const paths = [...new Set([...inA.keys(), ...inB.keys()])].sort();
  return {
    files: paths.length,
    differing: paths.filter((path) => inA.get(path) !== inB.get(path)),
  };
}

/** By path; equal where two files are. */
async function contentsBelow(folder: string, prefix = ""): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = join(prefix, name);
    if (isDirectory) {
      for (const entry of await contentsBelow(folder, path)) contents.set(...entry);
      continue;
    }
    // A process that was killed leaves what it was writing.
    if (passing.has(name) || name.endsWith(".part")) continue;
    contents.set(path, await contentOf(join(folder, path)));
  }
  return contents;
}

async function contentOf(path: string): Promise<string> {
  const folder = join(path, "..");
  switch (basename(path)) {
    case "run.json":
      return unmeasured((await readRunRecord(folder)).results);
    case "metrics.jsonl":
      return unmeasured(await readMetrics(folder));
    default:
      return await hashFile(path);
  }
}

function unmeasured(value: unknown): string {
  return JSON.stringify(value, (key, inner) => measured.has(key) ? undefined : inner);
}
