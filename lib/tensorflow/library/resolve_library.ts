import { resolve } from "node:path";
import { libraryFolder } from "./library_folder.ts";
import { readIndexSettings } from "./index_settings.ts";
import { installLibrary } from "./install_library.ts";
import { isInstalled, verifyInstalled } from "./installed_library.ts";
import type { Library } from "./library.ts";
import type { PinnedWheel } from "./pinned_wheel.ts";
import { createInstallDisplay } from "./install_display.ts";
import { userLibrary } from "./user_library.ts";
import { wantedWheel } from "./wanted_wheel.ts";

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
