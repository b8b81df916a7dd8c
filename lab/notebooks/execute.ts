import { basename, join, relative } from "node:path";
import { z } from "zod";
import { UserError } from "specialist/errors/mod.ts";
import { writeAtomically } from "specialist/files/mod.ts";
import { formatBytes, formatDuration } from "specialist/units/mod.ts";
import { type Jupyter, jupyter, root } from "../environment.ts";
import { formatNotebook } from "./format.ts";

export interface ExecuteOptions {
  /** Sets `SPECIALIST_FAST`, so that the notebooks train fewer steps, and leaves their files alone. */
  fast?: boolean;
  /** The folder for the pages; none are written without. */
  pages?: string;
  signal?: AbortSignal;
}

const largestNotebook = 1_500_000;
const cellFailed = 3;
const failureSchema = z.object({ cell: z.int(), error: z.string() });

/**
 * Runs notebooks, keeps their outputs in their files, and writes each as a page.
 *
 * @throws UserError if Python or a package cannot be had, or a notebook has become too large; Error
 * naming notebook and cell if one fails
 */
export async function executeNotebooks(
  notebooks: string[],
  { fast = false, pages, signal }: ExecuteOptions = {},
): Promise<void> {
  const environment = await jupyter();
  if (pages) await Deno.mkdir(pages, { recursive: true });
  for (const notebook of notebooks) {
    const start = performance.now();
    const { executed, page } = await execute(notebook, environment, { fast, signal });
    if (executed.length > largestNotebook) throw tooLarge(notebook, executed.length);
    // Jupyter writes notebooks in a manner of its own.
    if (!fast) {
      await writeAtomically(notebook, await formatNotebook(new TextDecoder().decode(executed)));
    }
    if (pages) {
      await writeAtomically(join(pages, basename(notebook).replace(/ipynb$/, "html")), page);
    }
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${nameOf(notebook)}: ${formatDuration(seconds)}, ${formatBytes(executed.length)}`,
    );
  }
}

async function execute(
  notebook: string,
  { python, variables }: Jupyter,
  { fast, signal }: ExecuteOptions,
): Promise<{ executed: Uint8Array; page: Uint8Array }> {
  const folder = await Deno.makeTempDir();
  const [executed, page] = ["executed.ipynb", "page.html"].map((name) => join(folder, name));
  try {
    const { code, stdout } = await new Deno.Command(python, {
      args: [join(import.meta.dirname!, "execute.py"), notebook, executed, page],
      env: { ...variables, ...fast && { SPECIALIST_FAST: "1" } },
      stderr: "inherit",
      signal,
    }).output();
    signal?.throwIfAborted();
    const name = nameOf(notebook);
    if (code === cellFailed) {
      const { cell, error } = failureSchema.parse(JSON.parse(new TextDecoder().decode(stdout)));
      throw new Error(`${name}, cell ${cell}: ${error}`);
    }
    if (code !== 0) throw new Error(`${name} could not be run`);
    return { executed: await Deno.readFile(executed), page: await Deno.readFile(page) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function nameOf(notebook: string): string {
  return relative(root, notebook);
}

function tooLarge(notebook: string, size: number): UserError {
  return new UserError({
    what: `with its outputs the notebook is larger than ${formatBytes(largestNotebook)}`,
    file: nameOf(notebook),
    value: formatBytes(size),
    remedy: "show fewer or smaller pictures",
  });
}
