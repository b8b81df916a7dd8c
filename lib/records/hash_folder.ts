import { createHash } from "node:crypto";
import { join } from "node:path";
import { hashFile } from "./hash_file.ts";

/** SHA-256 of the files below `folder`: their relative paths and contents, in order of path. */
export async function hashFolder(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await filesBelow(folder)) {
    hash.update(`${path}\0${await hashFile(join(folder, path))}\n`);
  }
  return hash.digest("hex");
}

/** Paths with "/" on every system. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(join(folder, prefix))) {
    if (isFile) paths.push(prefix + name);
    if (isDirectory) paths.push(...await filesBelow(folder, `${prefix}${name}/`));
  }
  return paths.sort();
}
