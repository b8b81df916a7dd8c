import { Command } from "commander";
import { join } from "node:path";
import manifest from "../../../deno.json" with { type: "json" };
import { libraryPlace, noLibrary, obtainLibrary, verifyLibrary } from "../runtime/library/mod.ts";
import { renderError } from "../runtime/mod.ts";
import { runProgram } from "./program.ts";

/** Brings everything that later runs need onto this machine, so that they work offline. */
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

/** Installs them with Deno. Throws when that fails; Deno has then said why. */
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
 * Brings TensorFlow's library onto this machine for processes that may not fetch it. Where it cannot be
 * had it says so, and something slower will take its place.
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
      "Download the npm packages and TensorFlow's library; afterwards no network is needed",
    )
    .exitOverride()
    .action(install);

  await runProgram(program, Deno.args);
}
