/** `deno task check-notebooks`: type checks, lints and formats the code of notebooks. */
import { Command } from "commander";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { runProgram } from "../../internal/cli/program.ts";
import { listOf, readJson, writeAtomically } from "../../internal/runtime/mod.ts";
import { root } from "./environment.ts";

interface Module {
  notebook: string;
  /** Next to the notebook, so that its imports mean the same. */
  file: string;
  places: Place[];
}

/**
 * Type checks and lints the code of notebooks, which Deno's own commands pass over, and looks whether
 * they are formatted.
 *
 * @returns what Deno complains about, placed by notebook, cell and line; empty if there is nothing
 */
export async function checkNotebooks(notebooks: string[]): Promise<string> {
  if (notebooks.length === 0) return "";
  const modules: Module[] = [];
  try {
    for (const notebook of notebooks) modules.push(await writeModule(notebook));
    const files = modules.map(({ file }) => file);
    const complaints = [await complaintsOf("check", files), await complaintsOf("lint", files)];
    for (const notebook of notebooks) complaints.push(await formatComplaint(notebook));
    return modules.reduce(placedIn, complaints.filter(Boolean).join("\n"));
  } finally {
    for (const { file } of modules) await Deno.remove(file);
  }
}

async function writeModule(notebook: string): Promise<Module> {
  const { code, places } = moduleOf(await readNotebook(notebook));
  const file = `${notebook}.ts`;
  await writeAtomically(file, code);
  return { notebook, file, places };
}

async function complaintsOf(command: "check" | "lint", files: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, "--quiet", ...command === "lint" ? ["--compact"] : [], ...files],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return "";
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
}

async function formatComplaint(notebook: string): Promise<string> {
  const text = await Deno.readTextFile(notebook);
  if (await formatNotebook(text) === text) return "";
  return `${relative(root, notebook)} is not formatted: run deno task check-notebooks --fix`;
}

/** Both ways in which Deno names a place: "file:///a.ts:3:7" and "file:///a.ts: line 3, col 7". */
function placedIn(text: string, { notebook, file, places }: Module): string {
  const name = relative(root, notebook);
  return text
    .split(pathToFileURL(file).href)
    .map((part, index) =>
      index === 0
        ? part
        : `${name}${part.replace(/^:(\d+):(\d+)|^: line (\d+), col (\d+)/, placed)}`
    )
    .join("");

  function placed(_match: string, ...numbers: string[]): string {
    const [row, column] = numbers.filter((it) => it !== undefined).map(Number);
    // What is left open is missed after the last line.
    const { cell, line } = places[Math.min(row, places.length) - 1];
    return `, cell ${cell}, line ${line}, column ${column}`;
  }
}

/**
 * A notebook as Deno formats it. `deno fmt --check` takes every notebook for one that is not formatted,
 * and so has to leave them out.
 */
export async function formatNotebook(text: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", "ipynb", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const [, { success, stdout }] = await Promise.all([
    new Blob([text]).stream().pipeTo(process.stdin),
    process.output(),
  ]);
  // What is not TypeScript is left to the type check, which says where.
  return success ? new TextDecoder().decode(stdout) : text;
}

/** What this project reads of a notebook's file (nbformat 4). */
const notebookSchema = z.object({
  cells: listOf(z.object({
    cell_type: z.enum(["code", "markdown", "raw"]),
    source: z.union([z.string(), listOf(z.string()).transform((lines) => lines.join(""))]),
  })),
  // Jupyter writes it; without it, `deno fmt` passes over the notebook.
  metadata: z.object({ language_info: z.object({ name: z.literal("typescript") }) }),
});

type Notebook = z.infer<typeof notebookSchema>;

/** @throws UserError naming the file, and the field where one is wrong */
export function readNotebook(path: string): Promise<Notebook> {
  return readJson(path, notebookSchema);
}

/** A line of a notebook's code. */
interface Place {
  /** The cell's number among those with code, as Jupyter counts what has run from top to bottom. */
  cell: number;
  line: number;
}

/** All code of a notebook as one module, and where each of its lines is in the notebook. */
export function moduleOf({ cells }: Notebook): { code: string; places: Place[] } {
  const code = cells.filter((cell) => cell.cell_type === "code");
  const lines = code.flatMap(({ source }, index) =>
    source.split("\n").map((text, line) => ({ text, cell: index + 1, line: line + 1 }))
  );
  return {
    code: lines.map(({ text }) => `${text}\n`).join(""),
    places: lines.map(({ cell, line }) => ({ cell, line })),
  };
}

/** The project's notebooks, in the order of their names. */
export async function findNotebooks(folder = join(root, "notebooks")): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of entries(folder)) {
    const path = join(folder, name);
    if (isDirectory && !name.startsWith(".")) found.push(...await findNotebooks(path));
    else if (name.endsWith(".ipynb")) found.push(path);
  }
  return found.sort();
}

async function* entries(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) {
  const program = new Command("check-notebooks")
    .description("Type check and lint the code of notebooks, and see that they are formatted")
    .argument("[notebooks...]", "which; all in notebooks/ where none is named")
    .option("--fix", "format them first")
    .exitOverride()
    .action(async (named: string[], { fix }: { fix?: boolean }) => {
      const notebooks = named.length > 0
        ? named.map((path) => resolve(path))
        : await findNotebooks();
      if (fix) await Promise.all(notebooks.map(format));
      const complaints = await checkNotebooks(notebooks);
      if (complaints) throw new Error(complaints);
      console.log(`Checked ${notebooks.length} notebooks`);
    });

  await runProgram(program, Deno.args);
}

async function format(notebook: string): Promise<void> {
  await writeAtomically(notebook, await formatNotebook(await Deno.readTextFile(notebook)));
}
