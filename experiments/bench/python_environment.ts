/** Python packages in an environment of their own, in the cache: nothing else is changed. */
import { join } from "node:path";
import { cacheFolder } from "specialist/files/mod.ts";

export type PythonEnvironment = {
  /** Its folder in the cache. */
  name: string;
  /** A file that pins what is in it, for pip. */
  requirements: string;
};

/** PyTorch and diffusers, as they are measured. */
export const benchEnvironment: PythonEnvironment = {
  name: "bench/python",
  requirements: join(import.meta.dirname!, "reference", "requirements.txt"),
};

const folderOf = ({ name }: PythonEnvironment) => join(cacheFolder(), name);

/** The environment's Python, where all that is pinned is installed; else nothing. */
export async function installedPython(environment: PythonEnvironment): Promise<string | undefined> {
  const folder = folderOf(environment);
  const installed = await textOf(join(folder, "requirements.txt"));
  if (installed !== await Deno.readTextFile(environment.requirements)) return undefined;
  return join(folder, "bin", "python");
}

/**
 * Installs what is pinned, where that has not been done.
 *
 * @param python that the environment is made with
 * @returns the environment's Python
 * @throws Error with the program's own words if Python or a package cannot be had
 */
export async function pythonEnvironment(
  python: string,
  environment: PythonEnvironment,
): Promise<string> {
  const installed = await installedPython(environment);
  if (installed !== undefined) return installed;
  const { requirements } = environment;
  const folder = folderOf(environment);
  const program = join(folder, "bin", "python");
  console.log(`Installing PyTorch and diffusers into ${folder}`);
  await run(python, ["-m", "venv", "--clear", folder]);
  await run(program, ["-m", "pip", "install", "--quiet", "-r", requirements]);
  await Deno.copyFile(requirements, join(folder, "requirements.txt"));
  return program;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch {
    return undefined;
  }
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
