/** `deno task notebooks`: runs the notebooks, and writes them as pages. */
import { resolve } from "node:path";
import { Command } from "commander";
import { interruptSignal } from "specialist/errors/mod.ts";
import { executeNotebooks, findNotebooks } from "../lab/mod.ts";
import { runProgram } from "./run_program.ts";

const pages = "results/notebooks";

const program = new Command("notebooks")
  .description("Run notebooks from top to bottom, keep their outputs, and write them as pages")
  .argument("[notebooks...]", "which; all in notebooks/ where none is named")
  .option("--fast", `train fewer steps, and leave the notebooks and ${pages} as they are`)
  .option("--pages <folder>", `where the pages go (default ${pages}; none with --fast)`)
  .exitOverride()
  .action(async (named: string[], options: { fast?: boolean; pages?: string }) => {
    const notebooks = named.length > 0 ? named.map((path) => resolve(path)) : await findNotebooks();
    await executeNotebooks(notebooks, {
      fast: options.fast,
      pages: options.pages ?? (options.fast ? undefined : pages),
      signal: interruptSignal(),
    });
  });

await runProgram(program, Deno.args);
