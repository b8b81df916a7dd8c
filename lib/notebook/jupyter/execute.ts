/** `deno task notebooks`: runs notebooks from top to bottom, and writes their pages. */
import { Command } from "commander";
import { basename, join, relative, resolve } from "node:path";
import { z } from "zod";
import { runProgram } from "../../internal/cli/program.ts";
import { belowRuns, updateOption } from "../../internal/cli/results.ts";
import {
  formatBytes,
  formatDuration,
  terminationSignal,
  UserError,
  writeAtomically,
} from "../../internal/runtime/mod.ts";
import { findNotebooks, formatNotebook } from "./check.ts";
import { type Jupyter, jupyter, root } from "./environment.ts";

interface ExecuteOptions {
  /** Sets `SPECIALIST_FAST`, so that the notebooks train fewer steps. */
  fast?: boolean;
  /** Whether their outputs are kept in their files. */
  keep?: boolean;
  /** The folder for the pages; none are written without. */
  pages?: string;
  signal?: AbortSignal;
}

const largestNotebook = 1_500_000;
const cellFailed = 3;
const failureSchema = z.object({ cell: z.int(), error: z.string() });

/**
 * Runs notebooks, writes each as a page, and keeps their outputs in their files if that is asked for.
 *
 * @throws UserError if Python or a package is unavailable, or a notebook has become too large;
 * Error naming notebook and cell if one fails
 */
export async function executeNotebooks(
  notebooks: string[],
  { fast = false, keep = false, pages, signal }: ExecuteOptions = {},
): Promise<void> {
  const environment = await jupyter();
  if (pages) await Deno.mkdir(pages, { recursive: true });
  for (const notebook of notebooks) {
    const start = performance.now();
    const { executed, page } = await execute(notebook, environment, { fast, signal });
    if (executed.length > largestNotebook) throw tooLarge(notebook, executed.length);
    // Jupyter writes notebooks in a manner of its own.
    if (keep) {
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
    remedy: "show fewer or smaller images",
  });
}

type CommandOptions = { fast?: boolean; pages?: string; updateResults?: boolean };

if (import.meta.main) {
  const pages = belowRuns("results/notebooks");

  const program = new Command("notebooks")
    .description("Run notebooks from top to bottom, and write them as pages")
    .argument("[notebooks...]", "which; all in notebooks/ where none is named")
    .option("--fast", "train fewer steps")
    .option("--pages <folder>", `where the pages go (default ${pages}; none with --fast)`)
    .option(`--${updateOption}`, "keep their outputs in their files")
    .exitOverride()
    .action(async (named: string[], options: CommandOptions) => {
      const notebooks = named.length > 0
        ? named.map((path) => resolve(path))
        : await findNotebooks();
      await executeNotebooks(notebooks, {
        fast: options.fast,
        keep: options.updateResults,
        pages: options.pages ?? (options.fast ? undefined : pages),
        signal: terminationSignal(),
      });
    });

  await runProgram(program, Deno.args);
}
