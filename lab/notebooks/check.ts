import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { writeAtomically } from "specialist/files/mod.ts";
import { root } from "../environment.ts";
import { formatNotebook } from "./format.ts";
import { moduleOf, type Place, readNotebook } from "./notebook.ts";

interface Module {
  notebook: string;
  /** Beside the notebook, so that its imports mean the same. */
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
