/** The backends of this machine, examined without downloading anything. */
import { join } from "node:path";
import { damagedFiles, type Library, locateLibrary, wantedWheel } from "../runtime/library/mod.ts";
import { cacheFolder, UserError } from "../runtime/mod.ts";
import { backendChecks } from "./backends.ts";
import { describeSystem, type System } from "./machine.ts";

export type Diagnosis = {
  system: System;
  library: LibraryState;
  /** Each backend, the best first; `why` says why it is unavailable. */
  backends: BackendState[];
  /** The backend a run would use; undefined where it would stop with an error instead. */
  chosen?: string;
  cache: { folder: string; bytes: number };
};

/**
 * Whether a backend works; wrong settings stop the search, rather than fall back to another one.
 */
type BackendState = { name: string; state: "works" | "unavailable" | "stops"; why?: string };

/** TensorFlow's library: `downloadable` are the bytes of a download that would bring it. */
export type LibraryState =
  | { state: "installed"; library: Library }
  | { state: "damaged"; library: Library; files: string[] }
  | { state: "unusable"; why: string }
  | { state: "missing"; downloadable: number }
  | { state: "unsupported" };

/** Examines system, library and every backend. Reads the library's bytes: seconds. */
export async function diagnose(): Promise<Diagnosis> {
  const folder = cacheFolder();
  const library = await examineLibrary();
  // One after the other: TensorFlow cannot be loaded after some drivers that WebGPU asks.
  const backends: BackendState[] = [];
  for (const check of backendChecks) backends.push(await checkBackend(check));
  const end = backends.find(({ state }) => state !== "unavailable");
  return {
    system: describeSystem(),
    library,
    backends,
    chosen: end?.state === "works" ? end.name : undefined,
    cache: { folder, bytes: await folderSize(folder) },
  };
}

async function examineLibrary(): Promise<LibraryState> {
  try {
    const library = await locateLibrary();
    if (library) return await verify(library);
  } catch (error) {
    return { state: "unusable", why: messageOf(error) };
  }
  const wheel = wantedWheel();
  return wheel ? { state: "missing", downloadable: wheel.size } : { state: "unsupported" };
}

/** Compares a downloaded library with the pinned one; a user's own has nothing to compare with. */
async function verify(library: Library): Promise<LibraryState> {
  const wheel = library.source.endsWith(".whl") ? wantedWheel() : undefined;
  const files = wheel ? await damagedFiles(library.folder, wheel) : [];
  return files.length > 0 ? { state: "damaged", library, files } : { state: "installed", library };
}

async function checkBackend(
  { name, available }: typeof backendChecks[number],
): Promise<BackendState> {
  try {
    const verdict = await available();
    return verdict === true
      ? { name, state: "works" }
      : { name, state: "unavailable", why: verdict };
  } catch (error) {
    return { name, state: "stops", why: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof UserError)) return (error as Error).message;
  const { field, what } = error.problem;
  return field ? `${field}: ${what}` : what;
}

/** The bytes of all files below a folder; 0 where it does not exist. */
async function folderSize(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of entries(folder)) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory ? await folderSize(path) : (await Deno.lstat(path)).size;
  }
  return bytes;
}

async function* entries(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
