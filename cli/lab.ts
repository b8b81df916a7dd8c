/** `deno task lab`: JupyterLab with the project's kernel. */
import { Command, InvalidArgumentError } from "commander";
import { startLab } from "../lab/mod.ts";
import { runProgram } from "./run_program.ts";

const program = new Command("lab")
  .description("Open the notebooks in JupyterLab, which is installed into the cache at first")
  .option("--no-browser", "print the address, and open nothing")
  .option("--port <number>", "where it listens; the next free one is taken", parsePort, 8888)
  .exitOverride()
  .action(async (options: { browser: boolean; port: number }) => {
    Deno.exitCode = await startLab(options);
  });

await runProgram(program, Deno.args);

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port < 65_536) return port;
  throw new InvalidArgumentError("A port is an integer from 1 to 65535.");
}
