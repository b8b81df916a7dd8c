/** Python environments of this project's own, in the cache. */
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { cacheFolder } from "./read_files.ts";
import { writeAtomically } from "./write_files.ts";

export interface PythonEnvironment {
  /** Its purpose, in words. */
  title: string;
  /** The folder that it fills. */
  folder: string;
  /** A file that pins its packages, as pip reads it. */
  requirements: string;
  /** The Python that it is made with. */
  python?: string;
}

/**
 * Python packages in an environment of their own: nothing else is changed. They are installed where
 * that has not been done, or other versions have been.
 *
 * @returns the environment's Python
 * @throws UserError if Python or a package is unavailable
 */
export async function pythonEnvironment(
  { title, folder, requirements, python = "python3" }: PythonEnvironment,
): Promise<string> {
  const installed = await installedPython({ folder, requirements });
  if (installed !== undefined) return installed;
  const program = programIn(folder);
  await checkVersion(python);
  console.log(`Installing ${title} into ${folder}`);
  await createEnvironment(python, folder);
  await run(program, ["-m", "pip", "install", "--quiet", "-r", requirements]);
  await writeAtomically(recordIn(folder), await Deno.readTextFile(requirements));
  return program;
}

/** The environment's Python where all that is pinned is installed; nothing where it is not. */
export async function installedPython(
  { folder, requirements }: Pick<PythonEnvironment, "folder" | "requirements">,
): Promise<string | undefined> {
  const wanted = await Deno.readTextFile(requirements);
  return await textOf(recordIn(folder)) === wanted ? programIn(folder) : undefined;
}

/** The Python of an environment, whether or not that was made. */
const programIn = (folder: string) => join(folder, "bin", "python");

/** A copy of the requirements that were installed. */
const recordIn = (folder: string) => join(folder, "requirements.txt");

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch {
    return undefined;
  }
}

async function checkVersion(python: string): Promise<void> {
  const version = await run(python, ["-c", "import sys; print(sys.version_info >= (3, 11))"]);
  if (version.trim() === "True") return;
  throw new UserError({ what: "Python is too old", value: python, remedy: getPython });
}

async function createEnvironment(python: string, folder: string): Promise<void> {
  try {
    await run(python, ["-m", "venv", "--clear", folder]);
  } catch (cause) {
    if (!/ensurepip|No module named venv/.test((cause as Error).message)) throw cause;
    throw new UserError({
      what: "Python's module venv is missing",
      value: python,
      remedy: "install it (on Debian and Ubuntu: apt install python3-venv)",
    }, { cause });
  }
}

const getPython = "install Python 3.11 or newer, such that this name starts it";

/** What the program printed. */
async function run(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await start(program, args);
  const [printed, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (success) return printed;
  throw new UserError({
    what: `${[program, ...args].join(" ")} failed: ${lastLines(complaint + printed)}`,
    remedy: "see what it says; packages come from the index that pip is configured for",
  });
}

async function start(program: string, args: string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(program, { args }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UserError({ what: `no such program: ${program}`, remedy: getPython }, { cause });
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-10).join("\n");
}

export const jupyterFolder = () => join(cacheFolder(), "jupyter");
export const pythonFolder = () => join(jupyterFolder(), "python");

/** The programs that all of this needs: the Python that has Jupyter, and the one that makes it. */
export function jupyterPrograms(): string[] {
  return ["python3", programIn(pythonFolder())];
}
