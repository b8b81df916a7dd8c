/** PyTorch and diffusers in an environment of their own, in the cache: nothing else is changed. */
import { join } from "node:path";
import { cacheFolder } from "specialist/files/mod.ts";

const requirements = join(import.meta.dirname!, "reference", "requirements.txt");

/**
 * Installs what `requirements.txt` pins, where that has not been done.
 *
 * @param python that the environment is made with
 * @returns the environment's Python
 * @throws Error with the program's own words if Python or a package cannot be had
 */
export async function pythonEnvironment(python: string): Promise<string> {
  const folder = join(cacheFolder(), "bench", "python");
  const program = join(folder, "bin", "python");
  const installed = join(folder, "requirements.txt");
  const wanted = await Deno.readTextFile(requirements);
  if (await textOf(installed) === wanted) return program;
  console.log(`Installing PyTorch and diffusers into ${folder}`);
  await run(python, ["-m", "venv", "--clear", folder]);
  await run(program, ["-m", "pip", "install", "--quiet", "-r", requirements]);
  await Deno.writeTextFile(installed, wanted);
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
