/** `deno task check-notebooks`: type checks and lints the notebooks' code. */
import { resolve } from "node:path";
import { Command } from "commander";
import { checkNotebooks, findNotebooks } from "../lab/mod.ts";
import { runProgram } from "./run_program.ts";

const program = new Command("check-notebooks")
  .description("Type check and lint the code of notebooks")
  .argument("[notebooks...]", "which; all in notebooks/ where none is named")
  .exitOverride()
  .action(async (named: string[]) => {
    const notebooks = named.length > 0 ? named.map((path) => resolve(path)) : await findNotebooks();
    const complaints = await checkNotebooks(notebooks);
    if (complaints) throw new Error(complaints);
    console.log(`Checked ${notebooks.length} notebooks`);
  });

await runProgram(program, Deno.args);
