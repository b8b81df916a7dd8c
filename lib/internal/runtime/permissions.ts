/** The permissions that a program of this project runs with. */
import { readdirSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { cLibraryPath, libraryPlace } from "./library/mod.ts";
import { cacheFolder } from "./read_files.ts";
import { unfinishedNames, unfinishedVariable } from "./write_files.ts";

/** What a program does besides reading files and computing. */
export type Needs = {
  /** Where it writes, besides `runs/` and the cache. */
  writes?: readonly string[];
  /**
   * Files and folders that it replaces as a whole: what takes their place is complete under a name next to
   * them first.
   */
  replaces?: readonly string[];
  /** Whether it may change what the project ships, except for code. */
  updates?: boolean;
  /** What it starts; Deno is one, by the path of this process. */
  programs?: readonly string[] | "any";
  /** Whether it may use the network, until it revokes that. */
  network?: boolean;
};

const root = resolve(import.meta.dirname!, "..", "..", "..");

/** What is run as code, and so is never written to. */
const code = [
  ...["experiments", "lib", "tests", "node_modules", ".git", "deno.json"],
  "deno.lock",
].map((name) => join(root, name));

/** Whether a path lies in what is run as code. */
export function isCode(path: string): boolean {
  return code.some((folder) => !relative(folder, resolve(path)).startsWith(".."));
}

/**
 * The arguments and environment variables with which Deno runs a program of this project so that it may
 * do this and no more. The permission sets in `deno.json` have what is the same everywhere; here are the
 * paths, which differ from machine to machine.
 */
export function confine(
  { writes = [], replaces = [], updates = false, programs = [], network = false }: Needs,
): { args: string[]; env: Record<string, string> } {
  const unfinished = Object.fromEntries(
    replaces.map((path) => resolve(path)).map((path) => [path, unfinishedNames(path)]),
  );
  const places = [
    ...[join(root, "runs"), "runs", cacheFolder(), ...updates ? [root] : []],
    ...[...writes, ...replaces],
    ...Object.values(unfinished).flat(),
  ].map((path) => resolve(path));
  const libraries = nativeLibraries();
  const args = [
    ...["run", "--quiet", "--no-prompt"],
    programs.length > 0 ? "-P=orchestrate" : "-P=compute",
    `--allow-write=${list([...new Set(places)])}`,
    `--deny-write=${list([...code, libraryPlace()])}`,
    // A library that is not named by its path can only be opened by who may open any.
    libraries.every((path) => isAbsolute(path)) ? `--allow-ffi=${list(libraries)}` : "--allow-ffi",
    ...programs.length > 0 ? [allowRun(programs)] : [],
    ...network ? ["--allow-net"] : [],
  ];
  return {
    args,
    env: {
      // Deno itself would ask its makers for a newer version.
      DENO_NO_UPDATE_CHECK: "1",
      ...replaces.length > 0 && { [unfinishedVariable]: JSON.stringify(unfinished) },
    },
  };
}

/** TensorFlow's and C's libraries, and the addon of sharp, which is in a package for each platform. */
function nativeLibraries(): string[] {
  const packages = join(realpathSync(join(root, "node_modules")), ".deno");
  const addons = readdirSync(packages).filter((name) => /^@img\+sharp-(?!libvips)/.test(name));
  return [
    libraryPlace(),
    Deno.build.os === "linux" ? cLibraryPath() : undefined,
    ...addons.map((name) => join(packages, name)),
  ].filter((path) => path !== undefined);
}

/** With a variable such as LD_LIBRARY_PATH, Deno starts programs only for who may start any. */
function allowRun(programs: readonly string[] | "any"): string {
  const steered = Object.entries(Deno.env.toObject()).some(([name, value]) =>
    /^(LD|DYLD)_/.test(name) && value !== ""
  );
  return programs === "any" || steered ? "--allow-run" : `--allow-run=${list(programs)}`;
}

/** A comma in a path is written twice. */
function list(values: readonly (string | undefined)[]): string {
  return values.filter((value) => value !== undefined)
    .map((value) => value.replaceAll(",", ",,")).join(",");
}

/** Revokes this process's permission to use the network, whatever it was allowed at its start. */
export async function revokeNetwork(): Promise<void> {
  await Deno.permissions.revoke({ name: "net" });
}
