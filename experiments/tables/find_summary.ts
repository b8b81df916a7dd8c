import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSummary, type Summary } from "./summary.ts";

/** The first of some tables' summaries that is there; undefined where none is. */
export async function findSummary(
  names: readonly string[],
  results = "results",
): Promise<Summary | undefined> {
  const folder = names.map((name) => join(results, name))
    .find((folder) => existsSync(join(folder, "summary.json")));
  return folder === undefined ? undefined : await readSummary(folder);
}
