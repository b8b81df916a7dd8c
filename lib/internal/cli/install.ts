import { Command } from "commander";
import { join } from "node:path";
import manifest from "../../../deno.json" with { type: "json" };
import { libraryPlace, noLibrary, obtainLibrary, verifyLibrary } from "../runtime/library/mod.ts";
import { renderError } from "../runtime/mod.ts";
import { runProgram } from "./program.ts";

/** Downloads everything that later runs need, so that they work offline. */
export async function install(): Promise<void> {
  if (missingPackages().length > 0) await installPackages();
  const place = libraryPlace();
  if (place === undefined) {
    console.log(`${noLibrary()}: a slower backend will be used`);
    return;
  }
  await obtainLibrary();
  console.log(`TensorFlow's library is in ${place}`);
}

const root = join(import.meta.dirname!, "..", "..", "..");

/** The npm packages of deno.json that are not installed in the version it names. */
export function missingPackages(): string[] {
  return Object.values(manifest.imports)
    .filter((specifier) => specifier.startsWith("npm:"))
    .map((specifier) => specifier.slice("npm:".length))
    .filter((specifier) => !isInstalled(specifier));
}

/** Installs them with Deno. Throws when that fails, after Deno's own message. */
async function installPackages(): Promise<void> {
  const deno = new Deno.Command(Deno.execPath(), { args: ["install"], cwd: root });
  const { success } = await deno.spawn().status;
  if (!success) throw new Error("deno install did not succeed");
}

function isInstalled(specifier: string): boolean {
  const at = specifier.lastIndexOf("@");
  const [name, version] = [specifier.slice(0, at), specifier.slice(at + 1)];
  try {
    const path = join(root, "node_modules", name, "package.json");
    return JSON.parse(Deno.readTextFileSync(path)).version === version;
  } catch {
    return false;
  }
}

/**
 * Downloads TensorFlow's library for processes that may not. Where it is unavailable it says so,
 * and a slower backend is used.
 *
 * @throws UserError where the one that is here is not the one that was installed
 */
export async function prepareLibrary(): Promise<void> {
  await verifyLibrary();
  try {
    await obtainLibrary();
  } catch (error) {
    console.error(renderError(error));
  }
}

// `deno task install`: downloads what the other tasks need, once.

if (import.meta.main) {
  const program = new Command("install")
    .description(
      "Download the npm packages and TensorFlow's library; everything else works offline",
    )
    .exitOverride()
    .action(install);

  await runProgram(program, Deno.args);
}
