import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findRunRecord, type RunRecord } from "./run_record.ts";

/** The records of the runs directly below `parent`, oldest first; none where there is no folder. */
export async function listRuns(parent: string): Promise<{ folder: string; record: RunRecord }[]> {
  const runs = [];
  for (const folder of await foldersOf(parent)) {
    const record = await findRunRecord(folder);
    if (record) runs.push({ folder, record });
  }
  const startOf = (record: RunRecord) => record.attempts[0]?.startedAt ?? "";
  return runs.sort((a, b) => startOf(a.record).localeCompare(startOf(b.record)));
}

async function foldersOf(parent: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(parent));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(parent, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Where runs lie by default: the folder `runs` of the project for all that works inside of it, wherever a
 * notebook or script lies; that of the working directory elsewhere.
 */
export function runsFolder(): string {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const isInside = !relative(project, Deno.cwd()).startsWith("..");
  return isInside ? join(relative(Deno.cwd(), project), "runs") : "runs";
}
