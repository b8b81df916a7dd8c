/** `deno task check-notebooks`: type checks and lints the notebooks' code, and looks at its format. */
import { resolve } from "node:path";
import { Command } from "commander";
import { writeAtomically } from "specialist/files/mod.ts";
import { checkNotebooks, findNotebooks, formatNotebook } from "../lab/mod.ts";
import { runProgram } from "./run_program.ts";

const program = new Command("check-notebooks")
  .description("Type check and lint the code of notebooks, and see that they are formatted")
  .argument("[notebooks...]", "which; all in notebooks/ where none is named")
  .option("--fix", "format them first")
  .exitOverride()
  .action(async (named: string[], { fix }: { fix?: boolean }) => {
    const notebooks = named.length > 0 ? named.map((path) => resolve(path)) : await findNotebooks();
    if (fix) await Promise.all(notebooks.map(format));
    const complaints = await checkNotebooks(notebooks);
    if (complaints) throw new Error(complaints);
    console.log(`Checked ${notebooks.length} notebooks`);
  });

await runProgram(program, Deno.args);

async function format(notebook: string): Promise<void> {
  await writeAtomically(notebook, await formatNotebook(await Deno.readTextFile(notebook)));
}
