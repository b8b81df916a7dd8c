import { join } from "node:path";
import { root } from "../environment.ts";

/** The project's notebooks, in the order of their names. */
export async function findNotebooks(folder = join(root, "notebooks")): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of entries(folder)) {
    const path = join(folder, name);
    if (isDirectory && !name.startsWith(".")) found.push(...await findNotebooks(path));
    else if (name.endsWith(".ipynb")) found.push(path);
  }
  return found.sort();
}

async function* entries(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
