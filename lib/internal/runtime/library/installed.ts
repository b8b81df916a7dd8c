/** The installed library: complete, unchanged, and verified when it was last loaded. */
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { hashFile } from "../identity.ts";
import { readJson } from "../json.ts";
import { writeAtomically } from "../write_files.ts";
import { loadLibrary } from "./load.ts";
import { type Flavour, type LibraryFile, libraryFiles, type PinnedWheel } from "./pinned_wheel.ts";

/** Written last: its presence says that the files next to it are complete. */
const marker = { name: "library.json", schema: z.object({ wheelSha256: z.string() }) };

/** What the system said of each file when its SHA-256 was last found to be the pinned one. */
const record = { name: "verified.json", schema: z.record(z.enum(libraryFiles), z.string()) };

/** Marks the files in `folder`, whose SHA-256 are the pinned ones, as the library of `wheel`. */
export async function markInstalled(folder: string, wheel: PinnedWheel): Promise<void> {
  const { fileName, sha256, files } = wheel;
  await recordVerified(folder);
  await write(folder, marker.name, { wheel: fileName, wheelSha256: sha256, files });
}

/** Records that the files are now the pinned ones. */
export async function recordVerified(folder: string): Promise<void> {
  const states = libraryFiles.map((name) => [name, stateOf(join(folder, name))]);
  await write(folder, record.name, Object.fromEntries(states));
}

async function write(folder: string, name: string, value: unknown): Promise<void> {
  await writeAtomically(join(folder, name), JSON.stringify(value, null, 2) + "\n");
}

/** Whether `folder` holds the complete library of `wheel`, judged by its marker and file sizes. */
export async function isInstalled(folder: string, wheel: PinnedWheel): Promise<boolean> {
  const marked = await read(folder, marker);
  if (marked?.wheelSha256 !== wheel.sha256) return false;
  const sizes = await Promise.all(libraryFiles.map(async (name) => {
    const info = await Deno.stat(join(folder, name)).catch(() => null);
    return info?.size === wheel.files[name].size;
  }));
  return sizes.every(Boolean);
}

/** The names of the library's files whose bytes are not the pinned ones. */
export async function damagedFiles(folder: string, wheel: PinnedWheel): Promise<LibraryFile[]> {
  const damaged: LibraryFile[] = [];
  for (const name of libraryFiles) if (await isDamaged(folder, wheel, name)) damaged.push(name);
  return damaged;
}

async function isDamaged(
  folder: string,
  wheel: PinnedWheel,
  name: LibraryFile,
): Promise<boolean> {
  return await hashFile(join(folder, name)).catch(() => null) !== wheel.files[name].sha256;
}

/**
 * Makes sure that the installed library may be loaded. A file's SHA-256 is compared with the pinned one,
 * for a second or two, where it has been written, replaced or moved since that was done last.
 *
 * @throws UserError naming a file that is another one now
 */
export async function verifyInstalled(folder: string, wheel: PinnedWheel): Promise<void> {
  const recorded = await read(folder, record);
  const suspects = libraryFiles.filter((name) => recorded?.[name] !== stateOf(join(folder, name)));
  if (suspects.length === 0) return;
  for (const name of suspects) {
    if (!await isDamaged(folder, wheel, name)) continue;
    throw new UserError({
      what: "this is not the TensorFlow that was installed: its SHA-256 is another one now",
      file: join(folder, name),
      remedy: `remove ${folder}, and run deno task install`,
    });
  }
  // Who may not write there, compares again the next time.
  await recordVerified(folder).catch(() => {});
}

/** Changes whenever a file's bytes do, unless the change is hidden on purpose. */
function stateOf(path: string): string {
  const { dev, ino, size, mtime, ctime } = Deno.statSync(path);
  return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
}

/** Null where there is nothing of the kind. */
async function read<T>(folder: string, { name, schema }: { name: string; schema: z.ZodType<T> }) {
  return await readJson(join(folder, name), schema).catch(() => null);
}

/** `bool tensorflow::IsGoogleCudaEnabled()`, as C++ compilers for Linux name it. */
const builtForCuda = "_ZN10tensorflow19IsGoogleCudaEnabledEv";

/** Loads the library in `folder` and asks what it is. Throws when it cannot be loaded. */
export function inspectLibrary(folder: string): { version: string; flavour: Flavour } {
  loadLibrary(folder);
  const [frameworkPath, apiPath] = libraryFiles.map((name) => join(folder, name));
  const framework = Deno.dlopen(frameworkPath, {
    [builtForCuda]: { parameters: [], result: "bool", optional: true },
  });
  const api = Deno.dlopen(apiPath, { TF_Version: { parameters: [], result: "pointer" } });
  const version = Deno.UnsafePointerView.getCString(api.symbols.TF_Version()!);
  return { version, flavour: framework.symbols[builtForCuda]?.() ? "cuda" : "cpu" };
}
