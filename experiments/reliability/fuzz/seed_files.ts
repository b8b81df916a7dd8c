/** Seeds as this project's own writers make them. */
import { join } from "node:path";
import type { Files } from "./target.ts";

/** The files that `write` leaves in a new folder. */
export async function seedFrom(write: (folder: string) => Promise<unknown>): Promise<Files> {
  const folder = await Deno.makeTempDir();
  try {
    await write(folder);
    return await filesBelow(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesBelow(folder: string, prefix = ""): Promise<Files> {
  const files: Files = {};
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = prefix + name;
    if (isDirectory) Object.assign(files, await filesBelow(folder, `${path}/`));
    else files[path] = await Deno.readFile(join(folder, path));
  }
  return files;
}

export function textFile(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function jsonFile(value: unknown): Uint8Array {
  return textFile(JSON.stringify(value));
}
