/** Names of what is not complete, which stays behind where a process is killed while it writes. */
import { join } from "node:path";

/** A name beside `path` that no other process uses. */
export function unfinishedName(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
}

const pattern = /\.[0-9a-f]{8}\.part$/;

/** Removes unfinished folders directly below `parent`, which no process may be writing. */
export async function removeUnfinishedFolders(parent: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (isDirectory && pattern.test(name)) {
      await Deno.remove(join(parent, name), { recursive: true });
    }
  }
}
