/** Which TensorFlow library is used: the user's own, or the pinned wheel's. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { cacheFolder } from "../read_files.ts";
import { readIndexSettings } from "./index_settings.ts";
import { createInstallDisplay, installLibrary } from "./install.ts";
import { inspectLibrary, isInstalled, verifyInstalled } from "./installed.ts";
import { type Flavour, libraryFiles, type PinnedWheel, pinnedWheel } from "./pinned_wheel.ts";
import { hasNvidiaDriver } from "./platform.ts";

/**
 * TensorFlow's C library: the one `SPECIALIST_TENSORFLOW` names, else the pinned one, which is
 * downloaded at its first use. Throws on platforms without one, when it cannot be downloaded, or
 * when the user's own is incomplete.
 */
export async function resolveLibrary(): Promise<Library> {
  const found = await locateLibrary();
  if (found) return found;
  const wheel = wantedWheel();
  if (!wheel) throw new Error(noLibrary());
  if (!await mayInstall(wheel)) throw new Error("its library was not downloaded before");
  return await install(wheel);
}

/** A process that computes for a task may not: it was tried before that was started. */
async function mayInstall(wheel: PinnedWheel): Promise<boolean> {
  const path = installedLibrary(wheel).folder;
  return (await Deno.permissions.query({ name: "write", path })).state === "granted";
}

/** The library as far as it is on this machine already; undefined where it is not. */
export async function locateLibrary(): Promise<Library | undefined> {
  const own = userLibrary();
  if (own) return own;
  const wheel = wantedWheel();
  if (!wheel) return undefined;
  const library = installedLibrary(wheel);
  return await isInstalled(library.folder, wheel) ? library : undefined;
}

/**
 * Brings the pinned library onto this machine, where that is to have one and the user names none, and
 * makes sure that it is the pinned one still. Loads nothing.
 *
 * @throws UserError where it cannot be downloaded, or a file of it is another one now
 */
export async function obtainLibrary(): Promise<void> {
  const wheel = Deno.env.get("SPECIALIST_TENSORFLOW") ? undefined : wantedWheel();
  if (!wheel) return;
  await install(wheel);
  await verifyLibrary();
}

async function install(wheel: PinnedWheel): Promise<Library> {
  const library = installedLibrary(wheel);
  using display = createInstallDisplay(wheel);
  await installLibrary(wheel, library.folder, readIndexSettings(), display.update);
  return library;
}

/** The folder where the library is or would be; undefined on platforms without one. */
export function libraryPlace(): string | undefined {
  const named = Deno.env.get("SPECIALIST_TENSORFLOW");
  if (named) return resolve(named);
  const wheel = wantedWheel();
  return wheel && resolve(installedLibrary(wheel).folder);
}

/**
 * Makes sure that the downloaded library, as far as it is on this machine, is the pinned one still.
 *
 * @throws UserError naming a file that is another one now
 */
export async function verifyLibrary(): Promise<void> {
  const wheel = Deno.env.get("SPECIALIST_TENSORFLOW") ? undefined : wantedWheel();
  if (!wheel) return;
  const { folder } = installedLibrary(wheel);
  if (await isInstalled(folder, wheel)) await verifyInstalled(folder, wheel);
}

/** Why there is no library to download on this platform. */
export function noLibrary(): string {
  return `no TensorFlow library for ${Deno.build.os} on ${Deno.build.arch}`;
}

function installedLibrary({ version, flavour, fileName }: PinnedWheel): Library {
  return { folder: libraryFolder(version, flavour), version, flavour, source: fileName };
}

/** TensorFlow's C library on this machine. */
export type Library = {
  /** The folder of the two shared objects. */
  folder: string;
  version: string;
  flavour: Flavour;
  /** The pinned wheel it came from, or the environment variable that names it. */
  source: string;
};

/** Where a build of TensorFlow's library is kept. */
export function libraryFolder(version: string, flavour: string, cache = cacheFolder()): string {
  return join(cache, "tensorflow", `${version}-${flavour}-${Deno.build.arch}`);
}

/** Whether the user asked for the CUDA build, with `SPECIALIST_CUDA=1`. */
export function cudaRequested(): boolean {
  return Deno.env.get("SPECIALIST_CUDA") === "1";
}

/**
 * The build this machine should have: the one for CUDA where the user asked for it and a driver is
 * present, else the one for the CPU; undefined on platforms without either.
 */
export function wantedWheel(): PinnedWheel | undefined {
  const cuda = cudaRequested() && hasNvidiaDriver() ? pinnedWheel("cuda") : undefined;
  return cuda ?? pinnedWheel("cpu");
}

const variable = "SPECIALIST_TENSORFLOW";

/**
 * The library in the folder that `SPECIALIST_TENSORFLOW` names, or undefined where the variable is
 * not set. Throws a `UserError` when a shared object is missing or cannot be loaded.
 */
export function userLibrary(): Library | undefined {
  const named = Deno.env.get(variable);
  if (!named) return undefined;
  const folder = resolve(named);
  const missing = libraryFiles.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) throw unusable(named, `the folder has no ${missing.join(" and no ")}`);
  try {
    return { folder, ...inspectLibrary(folder), source: variable };
  } catch (error) {
    throw unusable(named, (error as Error).message);
  }
}

function unusable(value: string, what: string): UserError {
  return new UserError({
    what,
    field: variable,
    value,
    remedy: 'name the "tensorflow" folder of an installed Python package, or unset the variable ' +
      "to have the library downloaded",
  });
}
