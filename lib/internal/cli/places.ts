/** Checks, before any work, that what a command is to write can be written. */
import { dirname, join, resolve } from "node:path";
import { isCode, UserError } from "../runtime/mod.ts";
import type { Place } from "./needs.ts";

/**
 * Tries each place. What lies there stays as it is; the folder of a file is made where it is missing.
 *
 * @throws UserError naming the place that cannot be written to, and why
 */
export async function checkPlaces(places: readonly Place[]): Promise<void> {
  for (const { kind, ...place } of places) {
    const path = resolve(place.path);
    const there = await statOf(path).catch((cause) => {
      throw problem(place, `cannot write there: ${cause.message}`, cause);
    });
    if (isCode(path)) {
      throw problem(place, "the project's code and packages are here, which no command may change");
    }
    if (there && !there.isDirectory && kind !== "file") {
      throw problem(place, "a file is in the place of this folder");
    }
    if (there?.isDirectory && kind === "file") {
      throw problem(place, "a folder is in the place of this file");
    }
    // What is replaced is complete next to its place first.
    const parent = kind === "folder" ? path : dirname(path);
    try {
      await tryWriting(await nearestFolder(parent));
      if (kind === "file") await Deno.mkdir(parent, { recursive: true });
    } catch (cause) {
      throw problem(place, `cannot write there: ${(cause as Error).message}`, cause);
    }
  }
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    // A name below a file's is none either.
    const none = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (none) return undefined;
    throw error;
  }
}

/** A folder, or the lowest one above it that is there. @throws Error where a file is in its way */
async function nearestFolder(path: string): Promise<string> {
  const there = await statOf(path);
  if (there === undefined && dirname(path) !== path) return await nearestFolder(dirname(path));
  if (there?.isDirectory) return path;
  throw new Error(`${path} is a file`);
}

async function tryWriting(folder: string): Promise<void> {
  const name = join(folder, `.${crypto.randomUUID().slice(0, 8)}.part`);
  await Deno.writeFile(name, new Uint8Array(), { createNew: true });
  await Deno.remove(name);
}

function problem({ field, path }: Omit<Place, "kind">, what: string, cause?: unknown): UserError {
  const remedy = field === undefined
    ? "choose another place, or allow this user to write to it"
    : `name another place with --${field}, or allow this user to write to it`;
  return new UserError({ what, field, value: path, remedy }, { cause });
}
